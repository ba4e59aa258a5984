// console.* and errors as Lambda logs them, as text or as JSON.
// https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
import util from "node:util";

const LEVELS = { log: "INFO", info: "INFO", debug: "DEBUG", trace: "TRACE", warn: "WARN", error: "ERROR" };
const ORDER = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
const asJson = process.env.AWS_LAMBDA_LOG_FORMAT === "JSON";
const lowest = asJson ? Math.max(0, ORDER.indexOf(process.env.AWS_LAMBDA_LOG_LEVEL ?? "INFO")) : 0;

export function patchConsole(current) {
  for (const [method, level] of Object.entries(LEVELS)) {
    console[method] = (...parts) => {
      if (ORDER.indexOf(level) >= lowest) write(level, current.requestId, parts);
    };
  }
  console.fatal = (...parts) => write("FATAL", current.requestId, parts);
}

function write(level, requestId, parts) {
  const timestamp = new Date().toISOString();
  if (asJson) {
    const single = parts.length === 1 && typeof parts[0] === "object" && parts[0] !== null;
    const error = parts.find((part) => part instanceof Error);
    const message = single && !error ? parts[0] : util.format(...parts);
    const line = { timestamp, level, requestId, message };
    if (error) {
      const { errorType, errorMessage, trace } = describe(error);
      Object.assign(line, { errorType, errorMessage, stackTrace: trace.slice(1) });
    }
    print(JSON.stringify(line));
  } else {
    // CloudWatch shows the lines of one event as one when they end in a carriage return.
    const message = util.format(...parts).replaceAll("\n", "\r");
    print(`${timestamp}\t${requestId}\t${level}\t${message}`);
  }
}

// Synchronously, as the process may be frozen or end after this.
function print(line) {
  process.stdout.write(`${line}\n`);
}

export function logErrors(error, requestId, what) {
  const { errorType, errorMessage, trace } = describe(error);
  const details = { errorType, errorMessage, ...own(error), stack: trace };
  if (asJson) write("ERROR", requestId, [details]);
  else write("ERROR", requestId, [`${what} \t${JSON.stringify(details)}`]);
}

function own(error) {
  return error instanceof Error && "code" in error ? { code: error.code } : {};
}

// What Lambda answers: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html
export function describe(error) {
  if (error instanceof Error || util.types.isNativeError(error)) {
    return {
      errorType: String(error.name ?? "Error"),
      errorMessage: String(error.message),
      trace: String(error.stack ?? "").split("\n"),
    };
  }
  const errorMessage = error === undefined || error === null ? String(error) : error.toString();
  return { errorType: typeof error, errorMessage, trace: [] };
}
