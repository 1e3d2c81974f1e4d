// npm jose's createRemoteJWKSet as a peer of jwks_faults.py; runs where jose is installed.
// usage: node jwks_peer.mjs URL TTL_SECONDS TIMEOUT_SECONDS
// Reads {"id", "token"} lines, writes {"id", "ok"} lines; any number at a time.
import { createInterface } from "node:readline";
import { createRemoteJWKSet, jwtVerify } from "jose";

const [url, ttl, timeout] = process.argv.slice(2);
const keys = createRemoteJWKSet(new URL(url), {
  cacheMaxAge: 1000 * Number(ttl),
  timeoutDuration: 1000 * Number(timeout),
});
const expected = { audience: "api", issuer: "https://id.example.com", algorithms: ["ES256"] };

createInterface({ input: process.stdin }).on("line", async (line) => {
  const { id, token } = JSON.parse(line);
  const ok = await jwtVerify(token, keys, expected).then(() => true, () => false);
  process.stdout.write(JSON.stringify({ id, ok }) + "\n");
});
