// npm jose behind a pipe: one JSON request a line in, one JSON answer a line out.
import * as jose from 'jose'
import { createInterface } from 'node:readline'

const importedKey = (key, alg) => {
  if (typeof key !== 'string') return jose.importJWK(key, alg)
  return key.includes('PRIVATE') ? jose.importPKCS8(key, alg) : jose.importSPKI(key, alg)
}

const actions = {
  async new_key ({ alg }) {
    if (alg.startsWith('HS')) {
      const secret = await jose.generateSecret(alg, { extractable: true })
      const jwk = await jose.exportJWK(secret)
      return { private_jwk: jwk, public_jwk: jwk }
    }
    const { privateKey, publicKey } = await jose.generateKeyPair(alg, { extractable: true })
    const isAkp = alg.startsWith('ML-DSA')
    return {
      private_jwk: await jose.exportJWK(privateKey),
      public_jwk: await jose.exportJWK(publicKey),
      private_pem: isAkp ? null : await jose.exportPKCS8(privateKey),
      public_pem: isAkp ? null : await jose.exportSPKI(publicKey)
    }
  },
  async sign ({ alg, key, header, claims }) {
    const signer = new jose.SignJWT(claims).setProtectedHeader({ ...header, alg })
    return signer.sign(await importedKey(key, alg))
  },
  async verify ({ alg, key, token, issuer, audience }) {
    const options = { algorithms: [alg], issuer, audience }
    const { payload } = await jose.jwtVerify(token, await importedKey(key, alg), options)
    return payload
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line)
  let answer
  try {
    answer = { ok: await actions[request.do](request) }
  } catch (error) {
    answer = { error: `${error.code ?? error.name}: ${error.message}` }
  }
  process.stdout.write(JSON.stringify(answer) + '\n')
}
