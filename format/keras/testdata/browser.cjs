// Prints as JSON what TensorFlow.js computes: node browser.cjs MODULES FOLDER, where FOLDER has model.json, the shard
// and inputs.json ([{shape, values}, …]), and MODULES has node_modules with @tensorflow/tfjs-layers 4.22.0, tfjs-core
// and tfjs-backend-cpu.
const fs = require("fs");
const path = require("path");
const [modules, folder] = process.argv.slice(2);
const at = (name) => require(path.join(modules, "node_modules", "@tensorflow", name));
const core = at("tfjs-core");
at("tfjs-backend-cpu");
const layers = at("tfjs-layers");
(async () => {
  const model = JSON.parse(fs.readFileSync(path.join(folder, "model.json")));
  const data = fs.readFileSync(path.join(folder, model.weightsManifest[0].paths[0]));
  const m = await layers.loadLayersModel({
    load: async () => ({
      modelTopology: model.modelTopology,
      weightSpecs: model.weightsManifest[0].weights,
      weightData: data.buffer.slice(data.byteOffset, data.byteOffset + data.length),
    }),
  });
  const x = JSON.parse(fs.readFileSync(path.join(folder, "inputs.json"))).map((t) => core.tensor(t.values, t.shape));
  const y = m.predict(x.length === 1 ? x[0] : x);
  console.log(JSON.stringify((Array.isArray(y) ? y : [y]).map((t) => Array.from(t.dataSync()))));
})();
