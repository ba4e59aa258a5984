// Finds and loads the function that `Handler` names, as file.export.
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

class RuntimeError extends Error {
  constructor(type, message) {
    super(message);
    this.name = `Runtime.${type}`;
  }
}

export async function loadHandler(root, handler) {
  const match = /^(.*?)([^/]*?)\.(.*)$/.exec(handler ?? "");
  if (!match || handler.includes("..")) {
    throw new RuntimeError("MalformedHandlerName", "Bad handler");
  }
  const [, folder, file, name] = match;
  const module = await load(path.resolve(root, folder, file), root);
  const found = name.split(".").reduce((object, key) => object?.[key], module);
  if (found === undefined) {
    throw new RuntimeError("HandlerNotFound", `${handler} is undefined or not exported`);
  }
  if (typeof found !== "function") {
    throw new RuntimeError("HandlerNotFound", `${handler} is not a function`);
  }
  return found;
}

async function load(base, root) {
  const found = ["", ".js", ".mjs", ".cjs"].map((end) => base + end).find(isFile);
  if (!found) {
    const message = `Error: Cannot find module '${path.basename(base)}'\nRequire stack:\n- ${root}`;
    throw new RuntimeError("ImportModuleError", message);
  }
  try {
    if (found.endsWith(".mjs") || (found.endsWith(".js") && isModule(found))) {
      const module = await import(pathToFileURL(found));
      // A default export that is an object has the handlers of a transpiled CommonJS module.
      return Object.keys(module).length === 1 && module.default ? { ...module.default, ...module } : module;
    }
    return createRequire(path.join(root, "index.js"))(found);
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new RuntimeError("UserCodeSyntaxError", error.toString());
    }
    if (["MODULE_NOT_FOUND", "ERR_MODULE_NOT_FOUND"].includes(error?.code)) {
      throw new RuntimeError("ImportModuleError", error.toString());
    }
    throw error;
  }
}

function isFile(file) {
  return fs.statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}

function isModule(file) {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    const manifest = path.join(folder, "package.json");
    if (isFile(manifest)) return JSON.parse(fs.readFileSync(manifest, "utf8")).type === "module";
    if (folder === path.dirname(folder)) return false;
  }
}
