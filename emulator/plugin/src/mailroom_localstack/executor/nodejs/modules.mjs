// Lets a function import what its layers and the runtime bring, by `require` and by `import`.
// `require` looks in NODE_PATH by itself; for `import` Node.js has a hook.
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html
import fs from "node:fs";
import module from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

export function useModules() {
  const folders = (process.env.NODE_PATH ?? "").split(":").filter((one) => fs.existsSync(one));
  if (!folders.length || !module.registerHooks) return;
  const parents = folders.map((one) => pathToFileURL(path.join(path.dirname(one), "parent.mjs")).href);
  module.registerHooks({
    resolve(specifier, context, nextResolve) {
      try {
        return nextResolve(specifier, context);
      } catch (error) {
        if (/^[./]|^[a-z]+:/.test(specifier)) throw error;
        for (const parentURL of parents) {
          try {
            return nextResolve(specifier, { ...context, parentURL });
          } catch {
            // The next folder may have it.
          }
        }
        throw error;
      }
    },
  });
}
