// The certified OpenID provider, for tests: anybody may sign in by any name.
//
// A name with an @ is also the verified address. Every first segment of a path is an
// issuer with keys of its own, so that those who share the process do not meet;
// POST /ISSUER/rotate makes new ones.
import { createServer } from "node:http";
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { Provider } from "oidc-provider";

const [port, ...callbacks] = process.argv.slice(2);
const cookieKeys = [randomUUID()];

function memory(kept) {
  return class {
    constructor(kind) {
      this.kind = kind;
    }
    key(id) {
      return `${this.kind} ${id}`;
    }
    async upsert(id, payload) {
      kept.set(this.key(id), { ...payload });
    }
    async find(id) {
      return kept.get(this.key(id));
    }
    async findByUid(uid) {
      return [...kept.values()].find((one) => one.uid === uid && one.kind === this.kind);
    }
    async findByUserCode() {
      return undefined;
    }
    async consume(id) {
      kept.get(this.key(id)).consumed = Math.floor(Date.now() / 1000);
    }
    async destroy(id) {
      kept.delete(this.key(id));
    }
    async revokeByGrantId(grantId) {
      for (const [key, one] of kept) if (one.grantId === grantId) kept.delete(key);
    }
  };
}

function signingKey() {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), kid: randomUUID(), use: "sig", alg: "RS256" };
}

function client(id, further) {
  return {
    client_id: id,
    client_secret: "certified-secret-of-thirty-two-bytes",
    application_type: "native",
    redirect_uris: callbacks,
    response_types: ["code"],
    grant_types: ["authorization_code"],
    token_endpoint_auth_method: "client_secret_basic",
    ...further,
  };
}

function fresh(name, kept) {
  const provider = new Provider(`http://localhost:${port}/${name}`, {
    adapter: memory(kept),
    jwks: { keys: [signingKey()] },
    cookies: { keys: cookieKeys },
    clients: [
      client("certified-client"),
      // Whoever comes for this one is sent back with an error at once.
      client("refused-client", { require_pushed_authorization_requests: true }),
    ],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    features: { devInteractions: { enabled: true } },
    pkce: { required: () => true },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({
        sub: id,
        name: id.split("@")[0],
        ...(id.includes("@") ? { email: id, email_verified: true } : {}),
      }),
    }),
  });
  return provider.callback();
}

const issuers = new Map();

function answers(name, { renewed = false } = {}) {
  const known = issuers.get(name);
  if (known && !renewed) return known.answer;
  const kept = known?.kept ?? new Map();
  const answer = fresh(name, kept);
  issuers.set(name, { answer, kept });
  return answer;
}

createServer((request, response) => {
  const [, name, path] = /^\/([a-z0-9-]+)(\/.*)$/.exec(request.url) ?? [];
  if (name === undefined) {
    response.writeHead(404).end();
  } else if (request.method === "POST" && path === "/rotate") {
    answers(name, { renewed: true });
    response.writeHead(204).end();
  } else {
    request.originalUrl = request.url;
    request.url = path;
    answers(name)(request, response);
  }
}).listen(Number(port), "127.0.0.1");
