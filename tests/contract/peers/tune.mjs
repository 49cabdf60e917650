// Google's JavaScript client asks for one tuning job: tune.mjs URL, with the parameters of tunings.tune() on stdin.
import { readFileSync } from 'node:fs';
import { OAuth2Client } from 'google-auth-library';
import { GoogleGenAI } from '@google/genai';

const authClient = new OAuth2Client();
authClient.setCredentials({ access_token: process.env.BEARER });
const place = { vertexai: true, project: 'finrisk-sandbox', location: 'us-central1', googleAuthOptions: { authClient } };
const client = new GoogleGenAI({ ...place, httpOptions: { baseUrl: process.argv[2], apiVersion: 'v1' } });
const job = await client.tunings.tune(JSON.parse(readFileSync(0, 'utf8')));
console.log(JSON.stringify({ name: job.name }));
