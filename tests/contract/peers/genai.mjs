// Google's JavaScript client, driving the server whose address it is given.
// genai.mjs URL VERSION DATASET_URI: prints one JSON object of what the client saw; the prompt is on stdin.
// The bearer is in BEARER: google-auth-library asks Google itself for one, whatever a service account's file says.
import { readFileSync } from 'node:fs';
import { OAuth2Client } from 'google-auth-library';
import { GoogleGenAI } from '@google/genai';

const [baseUrl, apiVersion, gcsUri] = process.argv.slice(2);
const prompt = readFileSync(0, 'utf8');
const model = 'gemini-3.5-flash-lite';
const authClient = new OAuth2Client();
authClient.setCredentials({ access_token: process.env.BEARER });
const place = { vertexai: true, project: 'finrisk-sandbox', location: 'us-central1' };
const client = new GoogleGenAI({ ...place, googleAuthOptions: { authClient }, httpOptions: { baseUrl, apiVersion } });
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function create(n) {
  return client.tunings.tune({
    baseModel: model,
    trainingDataset: { gcsUri },
    config: {
      epochCount: 2,
      learningRateMultiplier: 0.5,
      adapterSize: 'ADAPTER_SIZE_EIGHT',
      tunedModelDisplayName: `js-${n}`,
      labels: { client: 'js', n: String(n) },
    },
  });
}

async function ended(name) {
  for (let i = 0; i < 1200; i++) {
    const job = await client.tunings.get({ name });
    if (job.endTime) return job;
    await pause(50);
  }
  throw new Error(`${name} did not end`);
}

async function refusal(call) {
  try {
    await call();
    return null;
  } catch (error) {
    return { status: error.status, message: error.message };
  }
}

const created = [await create(0)];
await client.tunings.cancel({ name: created[0].name }); // at once: a job ends after a moment by itself
created.push(await create(1), await create(2));
const pager = await client.tunings.list({ config: { pageSize: 2, filter: 'labels.client="js"' } });
const pages = [pager.page.map((job) => job.name)];
while (pager.hasNextPage()) pages.push((await pager.nextPage()).map((job) => job.name));
const cancelled = await ended(created[0].name);
const done = await ended(created[2].name);

const config = { systemInstruction: 'Answer from the sources.' };
const answer = await client.models.generateContent({ model: done.tunedModel.endpoint, contents: prompt, config });
const chunks = [];
for await (const chunk of await client.models.generateContentStream({ model, contents: prompt, config })) chunks.push(chunk);
const last = chunks[chunks.length - 1];
const stats = done.tuningDataStats.supervisedTuningDataStats;

console.log(JSON.stringify({
  created: created.map((job) => job.name),
  states: [created[0].state, cancelled.state, done.state],
  pages,
  labels: done.labels,
  checkpoints: done.tunedModel.checkpoints.map((point) => [point.epoch, point.step, point.endpoint]),
  examples: stats.tuningDatasetExampleCount,
  billed: stats.totalBillableTokenCount,
  endpoint: done.tunedModel.endpoint,
  answer: answer.text,
  finish: answer.candidates[0].finishReason,
  version: answer.modelVersion,
  tokens: answer.usageMetadata.totalTokenCount,
  streamed: chunks.map((chunk) => chunk.text).join(''),
  chunks: chunks.length,
  stream_finish: last.candidates[0].finishReason,
  refused: {
    get: await refusal(() => client.tunings.get({ name: `${created[0].name}1` })),
    cancel: await refusal(() => client.tunings.cancel({ name: done.name })),
  },
}));
