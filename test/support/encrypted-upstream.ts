import { once } from 'node:events'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { Worker } from 'node:worker_threads'

// Made for tests alone, for 127.0.0.1 and a hundred years.
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgYz6gUpEwF7EAoo1+
L0Jy2gkW/Tbv/GOwN1YOfSLG6HahRANCAATWr1ZWAtl4cZUMmTYQqJ92yk8G3MX4
49s4zR0Q43AGCTfeXRUw7Zf2B0BUIQYe7KLaNOciYxOmQRiIivqX4Ic3
-----END PRIVATE KEY-----`
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBmDCCAT6gAwIBAgIUM97c8ByNS38zWI5jRtKzjrfcFJAwCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNcm93Z2F0ZS10ZXN0czAgFw0yNjExMjYxNzMzMDdaGA8yMTI2
MTEwMjE3MzMwN1owGDEWMBQGA1UEAwwNcm93Z2F0ZS10ZXN0czBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABNavVlYC2XhxlQyZNhCon3bKTwbcxfjj2zjNHRDjcAYJ
N95dFTDtl/YHQFQhBh7soto05yJjE6ZBGIiK+pfghzejZDBiMB0GA1UdDgQWBBQZ
N1gNlpYmLdlG8iPP5GmBPLc9DTAfBgNVHSMEGDAWgBQZN1gNlpYmLdlG8iPP5GmB
PLc9DTAPBgNVHRMBAf8EBTADAQH/MA8GA1UdEQQIMAaHBH8AAAEwCgYIKoZIzj0E
AwIDSAAwRQIgHxjNA9SypgPsSMYYuZSBcDXDkwhxxsWlmKSnsanT0A0CIQDQs40J
K3OgIVwZrQq3vVDvxR6iQ6irjV84cZImIWVDUA==
-----END CERTIFICATE-----`

const SERVER = `
const { createServer } = require('node:https')
const { parentPort, workerData } = require('node:worker_threads')
const server = createServer(workerData, (request, response) => {
  parentPort.postMessage('request')
  request.resume().on('end', () => response.end('{"message":"taken"}'))
})
server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port))
`

/** An upstream over TLS that takes all rows, in a thread of its own: it answers while the gateway is still at other work. */
export async function startEncryptedUpstream(): Promise<{ readonly port: number; requests(): number; close(): Promise<unknown> }> {
  const worker = new Worker(SERVER, { eval: true, workerData: { key: KEY, cert: CERTIFICATE } })
  const [port] = await once(worker, 'message')
  let requests = 0
  worker.on('message', () => requests++)
  return { port, requests: () => requests, close: () => worker.terminate() }
}

/** Has the process trust that upstream until the returned function is called. */
export function trustEncryptedUpstream(): () => void {
  const before = getCACertificates('default')
  setDefaultCACertificates([...before, CERTIFICATE])
  return () => setDefaultCACertificates(before)
}
