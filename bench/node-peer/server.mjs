// The peer: what a user would build with Node. PROCS cluster processes share one port, each with a piscina pool of THREADS.
import cluster from 'node:cluster';
import http from 'node:http';
import Piscina from 'piscina';

const procs = Number(process.env.PROCS ?? 1);
const threads = Number(process.env.THREADS ?? 2);
const port = Number(process.env.PORT ?? 8000);

if (cluster.isPrimary) {
  for (let i = 0; i < procs; i++) cluster.fork();
  cluster.on('exit', () => cluster.fork());
} else {
  const pool = new Piscina({
    filename: new URL('./task.mjs', import.meta.url).href,
    minThreads: threads,
    maxThreads: threads,
  });
  http.createServer((request, response) => answer(pool, request, response)).listen(port, '127.0.0.1');
}

function answer(pool, request, response) {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', async () => {
    try {
      const type = request.url.slice(request.url.lastIndexOf('/') + 1);
      if (request.headers['content-type'] === 'application/json') {
        await answerJson(pool, type, Buffer.concat(chunks), response);
      } else {
        await answerBytes(pool, type, chunks, response);
      }
    } catch (error) {
      response.writeHead(422, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ title: String(error) }));
    }
  });
}

async function answerJson(pool, type, body, response) {
  const result = await pool.run({ type, input: JSON.parse(body.toString()) });
  const output = JSON.stringify(result);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(output) });
  response.end(output);
}

// The bytes change hands through the transfer list, there and back: no copy between the threads.
async function answerBytes(pool, type, chunks, response) {
  const input = gather(chunks);
  const output = await pool.run({ type, input }, { transferList: [input.buffer] });
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': output.byteLength });
  response.end(output);
}

// Into a buffer of its own: Buffer.concat may give a slice of Node's shared pool, which cannot be transferred.
function gather(chunks) {
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
