// The client of the Runtime API for Node.js: AWS's own, aws-lambda-ric, needs a compiler.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
// https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
import http from "node:http";

import { loadHandler } from "./handlers.mjs";
import { describe, logErrors, patchConsole } from "./logging.mjs";
import { useModules } from "./modules.mjs";

const env = process.env;
const [host, port] = env.AWS_LAMBDA_RUNTIME_API.split(":");
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const UNHANDLED_EXIT = 128;
const current = { requestId: undefined };

function call(method, action, body, headers = {}) {
  const path = `/2018-06-01/runtime/${action}`;
  const length = { "Content-Length": Buffer.byteLength(body ?? "") };
  const options = { host, port, method, path, agent, headers: { ...headers, ...length } };
  return new Promise((resolve, reject) => {
    const request = http.request(options, (response) => {
      const parts = [];
      response.on("data", (part) => parts.push(part));
      response.on("end", () =>
        resolve({ headers: response.headers, body: Buffer.concat(parts).toString() }),
      );
    });
    request.on("error", reject);
    request.end(body);
  });
}

function sendError(action, error) {
  const described = describe(error);
  const headers = {
    "Content-Type": "application/json",
    "Lambda-Runtime-Function-Error-Type": described.errorType,
  };
  return call("POST", action, JSON.stringify(described), headers);
}

async function next() {
  const { headers, body } = await call("GET", "invocation/next");
  const requestId = headers["lambda-runtime-aws-request-id"];
  const deadline = Number(headers["lambda-runtime-deadline-ms"]);
  const client = headers["lambda-runtime-client-context"];
  const identity = headers["lambda-runtime-cognito-identity"];
  env._X_AMZN_TRACE_ID = headers["lambda-runtime-trace-id"] ?? "";
  current.requestId = requestId;
  const context = {
    callbackWaitsForEmptyEventLoop: true,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: client ? JSON.parse(client) : undefined,
    identity: identity ? JSON.parse(identity) : undefined,
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    awsRequestId: requestId,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  return { requestId, context, event: JSON.parse(body) };
}

// Node 24 has no callbacks: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
const takesCallback = Number(process.versions.node.split(".")[0]) < 24;

function run(handler, event, context) {
  return new Promise((resolve, reject) => {
    // When nothing is left to wait for, the answer is what the callback was given, or null.
    let atEnd = () => resolve(null);
    const callback = (error, answer) => {
      const end = () => (error === null || error === undefined ? resolve(answer) : reject(error));
      if (context.callbackWaitsForEmptyEventLoop) atEnd = end;
      else end();
    };
    process.once("beforeExit", () => atEnd());
    try {
      const result = takesCallback ? handler(event, context, callback) : handler(event, context);
      if (typeof result?.then === "function") result.then(resolve, reject);
      else if (!takesCallback) resolve(result);
    } catch (error) {
      reject(error);
    }
  });
}

async function main() {
  patchConsole(current);
  let handler;
  try {
    useModules();
    handler = await loadHandler(env.LAMBDA_TASK_ROOT, env._HANDLER);
  } catch (error) {
    logErrors(error, undefined, "Uncaught Exception");
    await sendError("init/error", error);
    process.exit(1);
  }
  for (;;) {
    const { requestId, context, event } = await next();
    try {
      const answer = stringify(await run(handler, event, context));
      process.removeAllListeners("beforeExit");
      await call("POST", `invocation/${requestId}/response`, answer, {
        "Content-Type": "application/json",
      });
    } catch (error) {
      process.removeAllListeners("beforeExit");
      logErrors(error, requestId, "Invoke Error");
      await sendError(`invocation/${requestId}/error`, error);
    }
    current.requestId = undefined;
  }
}

function stringify(answer) {
  try {
    return JSON.stringify(answer === undefined ? null : answer) ?? "null";
  } catch {
    const error = new Error("Unable to stringify response body");
    error.name = "Runtime.UnserializableResponse";
    throw error;
  }
}

async function die(name, reason) {
  const error = reason instanceof Error ? reason : new Error(String(reason));
  if (name === "Runtime.UnhandledPromiseRejection") {
    const rejected = new Error(String(reason));
    rejected.name = name;
    rejected.stack = error.stack;
    logErrors(rejected, current.requestId, "Unhandled Promise Rejection");
    await sendOrInit(rejected);
  } else {
    logErrors(error, current.requestId, "Uncaught Exception");
    await sendOrInit(error);
  }
  process.exit(UNHANDLED_EXIT);
}

const sendOrInit = (error) =>
  sendError(current.requestId ? `invocation/${current.requestId}/error` : "init/error", error);

process.on("uncaughtException", (error) => die("", error));
process.on("unhandledRejection", (reason) => die("Runtime.UnhandledPromiseRejection", reason));
main();
