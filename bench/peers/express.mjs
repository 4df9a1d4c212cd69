// What tutorials show, written with care: Express 5, jose, Argon2id, PostgreSQL; a user is
// read with every request, a refresh token is a hashed row that is replaced.
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { hash, verify } from "@node-rs/argon2";
import express from "express";
import { SignJWT, jwtVerify } from "jose";
import pg from "pg";

const pool = new pg.Pool({ connectionString: process.env.PEER_DATABASE_URL, max: 8 });
const secret = new TextEncoder().encode(process.env.PEER_SECRET);
const cost = { memoryCost: 19456, timeCost: 2, parallelism: 1 };
const digest = (token) => createHash("sha256").update(token).digest("hex");

await pool.query(`CREATE TABLE IF NOT EXISTS express_user
  (id uuid PRIMARY KEY, email text UNIQUE, password text, role text)`);
await pool.query(`CREATE TABLE IF NOT EXISTS express_token
  (digest text PRIMARY KEY, user_id uuid, expires_at timestamptz, revoked boolean)`);

async function issue(user) {
  const access = await new SignJWT({ role: user.role })
    .setProtectedHeader({ alg: "HS256" }).setSubject(user.id)
    .setIssuedAt().setExpirationTime("15m").sign(secret);
  const refresh = randomBytes(32).toString("hex");
  await pool.query("INSERT INTO express_token VALUES ($1, $2, now() + interval '30 days', false)",
    [digest(refresh), user.id]);
  return { access, refresh };
}

const app = express();
app.disable("x-powered-by");
app.use(express.json());

app.post("/register", async (request, response) => {
  const { email, password } = request.body;
  await pool.query("INSERT INTO express_user VALUES ($1, $2, $3, 'user')",
    [randomUUID(), email, await hash(password, cost)]);
  response.status(201).json({ email });
});

app.post("/login", async (request, response) => {
  const { email, password } = request.body;
  const { rows: [user] } = await pool.query("SELECT * FROM express_user WHERE email = $1", [email]);
  if (!user || !(await verify(user.password, password))) {
    return response.status(401).json({ error: "invalid" });
  }
  response.json(await issue(user));
});

app.post("/refresh", async (request, response) => {
  const { rows: [row] } = await pool.query(
    "SELECT user_id FROM express_token WHERE digest = $1 AND NOT revoked AND expires_at > now()",
    [digest(request.body.refresh)]);
  if (!row) return response.status(401).json({ error: "invalid" });
  await pool.query("UPDATE express_token SET revoked = true WHERE digest = $1",
    [digest(request.body.refresh)]);
  const { rows: [user] } = await pool.query("SELECT * FROM express_user WHERE id = $1", [row.user_id]);
  response.json(await issue(user));
});

app.get("/me", async (request, response) => {
  try {
    const token = (request.headers.authorization ?? "").slice(7);
    const { payload } = await jwtVerify(token, secret);
    const { rows: [user] } = await pool.query(
      "SELECT id, email, role FROM express_user WHERE id = $1", [payload.sub]);
    response.json(user);
  } catch {
    response.status(401).json({ error: "invalid" });
  }
});

app.listen(Number(process.env.PEER_PORT), "127.0.0.1");
