// npm jose behind a pipe: one JSON request a line in, one JSON answer a line out.
import * as jose from 'jose'
import { createInterface } from 'node:readline'

const importedKey = (key, alg) => {
  if (typeof key !== 'string') return jose.importJWK(key, alg)
  return key.includes('PRIVATE') ? jose.importPKCS8(key, alg) : jose.importSPKI(key, alg)
}

const isText = (value) => typeof value === 'string'
const octets = (text) => new Uint8Array(Buffer.from(text, 'base64url'))

// Members of the header that only some algorithms have: those of key agreement and of PBES2.
const keyManagement = ({ apu, apv, p2c }) => ({
  ...(isText(apu) && { apu: octets(apu) }),
  ...(isText(apv) && { apv: octets(apv) }),
  ...(p2c && { p2c })
})

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
  },
  async new_encryption_key ({ alg, enc, crv }) {
    if (alg === 'dir' || /^A\d/.test(alg)) {
      const secret = await jose.generateSecret(alg === 'dir' ? enc : alg, { extractable: true })
      const jwk = await jose.exportJWK(secret)
      return { private_jwk: jwk, public_jwk: jwk }
    }
    const { privateKey, publicKey } = await jose.generateKeyPair(alg, { crv, extractable: true })
    return {
      private_jwk: await jose.exportJWK(privateKey),
      public_jwk: await jose.exportJWK(publicKey)
    }
  },
  async encrypt ({ key, alg, enc, header, plaintext, form, aad, ...parameters }) {
    const Encrypt = form === 'compact' ? jose.CompactEncrypt : jose.FlattenedEncrypt
    const sealing = new Encrypt(octets(plaintext)).setProtectedHeader({ ...header, alg, enc })
    const managed = keyManagement(parameters)
    if (Object.keys(managed).length > 0) sealing.setKeyManagementParameters(managed)
    if (isText(aad)) sealing.setAdditionalAuthenticatedData(octets(aad))
    return sealing.encrypt(await jose.importJWK(key, alg))
  },
  async encrypt_to_all ({ recipients, enc, plaintext }) {
    const sealing = new jose.GeneralEncrypt(octets(plaintext)).setProtectedHeader({ enc })
    for (const { key, alg } of recipients) {
      const recipient = sealing.addRecipient(await jose.importJWK(key, alg))
      recipient.setUnprotectedHeader({ alg, kid: key.kid })
    }
    return sealing.encrypt()
  },
  async decrypt ({ key, alg, enc, token }) {
    const options = { keyManagementAlgorithms: [alg], contentEncryptionAlgorithms: [enc] }
    const decrypt = isText(token) ? jose.compactDecrypt
      : token.recipients ? jose.generalDecrypt : jose.flattenedDecrypt
    const { plaintext } = await decrypt(token, await jose.importJWK(key, alg), options)
    return Buffer.from(plaintext).toString('base64url')
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
