// The onnxruntime side of the benchmarks: one process, one workload.
//
//   node peer.js MODULES MODEL.onnx SHAPES.json THREADS
//
// MODULES is the folder that holds onnxruntime-node. Reads a number of iterations from each
// line of standard input, runs them, and answers with the seconds they took. The inputs are those of
// SHAPES.json: name, element type, shape, and below what number ids are. Results are written into tensors
// that are there already where onnxruntime can; a state goes into the next iteration.
const fs = require('fs'), readline = require('readline');
const [modules, file, shapes, threads] = process.argv.slice(2);
const ort = require(modules + '/onnxruntime-node');

function tensor(of) {
  const n = of.shape.reduce((a, b) => a * b, 1);
  if (of.type === 'int64') {
    return new ort.Tensor('int64', BigInt64Array.from({length: n}, () => BigInt(Math.floor(Math.random() * of.below))), of.shape);
  }
  return new ort.Tensor('float32', Float32Array.from({length: n}, () => Math.random() * 2 - 1), of.shape);
}

(async () => {
  const session = await ort.InferenceSession.create(file, {
    intraOpNumThreads: +threads, interOpNumThreads: 1, executionMode: 'sequential', graphOptimizationLevel: 'all',
  });
  const of = JSON.parse(fs.readFileSync(shapes, 'utf8'));
  const feeds = {}, fetches = {};
  for (const t of of.inputs) feeds[t.name] = tensor(t);
  for (const t of of.outputs) fetches[t.name] = tensor(t);
  const back = of.outputs.filter((t) => t.to); // states: result name, and the input it is next
  const step = async () => {
    const y = await session.run(feeds, fetches);
    for (const t of back) [feeds[t.to], fetches[t.name]] = [y[t.name], feeds[t.to]];
  };
  await step();
  console.log('ready');
  for await (const line of readline.createInterface({input: process.stdin})) {
    const n = +line, start = performance.now();
    for (let i = 0; i < n; i++) await step();
    console.log((performance.now() - start) / 1000);
  }
})();
