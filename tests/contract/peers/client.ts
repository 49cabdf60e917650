// A client of our API that @hey-api/openapi-ts generated, making every call of it; the compiler checks each type.
// client.ts URL OPS_URL GIVEN: prints one JSON object of what the client saw; GIVEN has the document to put and the
// question to ask, the key is in KEY.
import * as api from './generated';
import type { AnalyzeBody, Approach, DocumentBody, ErrorBody, ErrorCode, StreamEvent } from './generated';
import { createClient } from './generated/client';

declare const process: { argv: string[]; env: Record<string, string> };

const [url, opsUrl, text] = process.argv.slice(2);
const given: { question: AnalyzeBody; document: DocumentBody } = JSON.parse(text);
const client = createClient({ baseUrl: url, auth: process.env.KEY });
const wrong = createClient({ baseUrl: url, auth: 'frk_nobody_0' });
const ops = createClient({ baseUrl: opsUrl });
const body = given.question;

function present<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('nothing came');
  return value;
}

function refusal(result: { error?: ErrorBody; response?: Response }) {
  const { error } = present(result.error);
  const { status, headers } = present(result.response);
  if (headers.get('X-Request-Id') !== error.request_id) throw new Error('another request id');
  const code: ErrorCode = error.code;
  return { status, code, details: error.details ?? null, waits: Number(headers.get('Retry-After') ?? 0) >= 1 };
}

async function streamed(): Promise<StreamEvent[]> {
  const events: StreamEvent[] = [];
  const { stream } = await client.sse.post({
    url: '/api/v1/analyze',
    security: [{ scheme: 'bearer', type: 'http' }],
    headers: { Accept: 'text/event-stream', 'Content-Type': 'application/json' },
    body,
    sseMaxRetryAttempts: 1,
    onSseEvent: ({ event, data }) => events.push({ event, data } as StreamEvent),
  });
  for await (const _ of stream);
  return events;
}

function delta(event: StreamEvent): string {
  return event.event === 'delta' ? event.data.text : '';
}

async function main() {
  const blocked = refusal(await api.analyze({ client, body }));
  const put = present((await api.putDocuments({ client, body: { documents: [given.document] } })).data);
  const page = present((await api.listDocuments({ client, query: { limit: 1 } })).data);
  const answer = present((await api.analyze({ client, body })).data);
  const approach: Approach = answer.metadata.approach;
  if (answer.metadata.arm_served !== 'base') throw new Error('another arm');
  const events = await streamed();
  const last = events[events.length - 1];
  const { request_id } = answer.metadata;
  const rated = await api.rate({ client, body: { request_id, rating: 1, comment: 'good' } });

  const unknown = refusal(
    await api.rate({ client, body: { request_id: '01800000-0000-7000-8000-000000000000', rating: -1 } }),
  );
  const turn = present((await api.nextReview({ client })).data);
  const invalid = refusal(await api.listDocuments({ client, query: { limit: 0 } }));
  const keys = [];
  for (let n = 0; n < 11; n++) keys.push(refusal(await api.getStatus({ client: wrong })));

  const status = present((await api.getStatus({ client })).data);
  const path = { document_id: given.document.id };
  const deleted = present((await api.deleteDocument({ client, path })).data);
  const gone = refusal(await api.deleteDocument({ client, path }));

  const health = present((await api.getHealth({ client })).data);
  const ready = present((await api.getReadiness({ client })).data);
  const workers = present(present((await api.getReadiness({ client: ops })).data).workers);
  const metrics = present((await api.getMetrics({ client: ops })).data);
  const described = present((await api.getOpenapi({ client })).data);

  console.log(
    JSON.stringify({
      put,
      page: page.documents.map((entry) => entry.id),
      answer: {
        text: answer.analysis,
        sources: answer.sources.map((source) => source.n),
        approach,
        tokens: answer.metadata.tokens.prompt > 0,
      },
      events: events.map((event) => event.event),
      streamed: events.map(delta).join(''),
      done: last.event === 'done' ? last.data.analysis : null,
      rated: { status: present(rated.response).status, request_id: present(rated.data).request_id === request_id },
      review: turn,
      target: present(status.collection).target,
      base: status.configuration.base_model,
      health: health.status,
      ready,
      workers: workers.map((worker) => worker.ready),
      metrics: metrics.includes('finrisk_requests_total'),
      openapi: described['openapi'],
      deleted: deleted.deleted,
      refused: { blocked, unknown, invalid, first_key: keys[0], last_key: keys[10], gone },
    }),
  );
}

main();
