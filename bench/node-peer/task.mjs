// The same tasks as those in ../src/main/java/dev/workerpool/bench/tasks, line by line where it matters.
import { performance } from 'node:perf_hooks';
import { threadId } from 'node:worker_threads';
import { move } from 'piscina';

export default function run({ type, input }) {
  switch (type) {
    case 'spin':
      return { value: spin(input.n) };
    case 'bare':
      return bare(input);
    case 'echo':
      return move(input);
    default:
      throw new Error(`unknown task ${type}`);
  }
}

function spin(n) {
  let x = 1;
  for (let i = 0; i < n; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
  }
  return x;
}

function bare({ n, millis }) {
  const start = performance.now();
  let sum = 0;
  let count = 0;
  let took = 0;
  do {
    sum ^= spin(n);
    count++;
    took = performance.now() - start;
  } while (took < millis);
  return { count, nanos: Math.round(took * 1e6), sum, who: `${process.pid}/${threadId}` };
}
