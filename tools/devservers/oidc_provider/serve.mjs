// The certified OpenID provider, for tests: anybody may sign in by any name.
//
// A name with an @ is also the verified address. POST /rotate makes new signing keys.
import { createServer } from "node:http";
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { Provider } from "oidc-provider";

const [port, callback] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const kept = new Map();

class Memory {
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
}

function signingKey() {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), kid: randomUUID(), use: "sig", alg: "RS256" };
}

function fresh() {
  const provider = new Provider(issuer, {
    adapter: Memory,
    jwks: { keys: [signingKey()] },
    cookies: { keys: [randomUUID()] },
    clients: [
      {
        client_id: "certified-client",
        client_secret: "certified-secret-of-thirty-two-bytes",
        application_type: "native",
        redirect_uris: [callback],
        response_types: ["code"],
        grant_types: ["authorization_code"],
        token_endpoint_auth_method: "client_secret_basic",
      },
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

let answer = fresh();
createServer((request, response) => {
  if (request.method === "POST" && request.url === "/rotate") {
    answer = fresh();
    response.writeHead(204).end();
  } else {
    answer(request, response);
  }
}).listen(Number(port), "127.0.0.1");
