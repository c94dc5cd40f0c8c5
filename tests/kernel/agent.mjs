// Runs inside a network namespace: answers on the ports it is given as our simulated Pods do, and sends what it is told
// to on its standard input, a line of JSON for each probe: {id, protocol, address, port, waitMs, from?}.
import { createSocket } from 'node:dgram'
import { connect, createServer } from 'node:net'
import { createInterface } from 'node:readline'

const [name, tcpPorts, udpPorts] = process.argv.slice(2)

for (const port of numbers(tcpPorts)) {
  createServer((socket) => {
    socket.on('error', () => undefined)
    socket.end(`${name} saw ${socket.remoteAddress}`)
  }).listen(port, '0.0.0.0')
}
for (const port of numbers(udpPorts)) {
  const socket = createSocket('udp4')
  socket.on('message', (_message, { address, port: to }) =>
    socket.send(`${name} saw ${address}`, to, address),
  )
  socket.bind(port, '0.0.0.0')
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const probe = JSON.parse(line)
  const send = probe.protocol === 'tcp' ? sendTcp : sendUdp
  send(probe, (result) => process.stdout.write(`${JSON.stringify({ id: probe.id, result })}\n`))
})
process.stdin.on('end', () => process.exit())
setTimeout(() => process.stdout.write('{"ready":true}\n'), 50)

function sendTcp({ address, port, waitMs }, done) {
  const socket = connect({ host: address, port, localAddress: undefined })
  const finish = once(done, waitMs, () => socket.destroy())
  socket.on('data', (data) => finish(String(data)))
  socket.on('error', ({ code }) => finish(code))
}

function sendUdp({ address, port, waitMs, from = 0 }, done) {
  const socket = createSocket('udp4')
  const finish = once(done, waitMs, () => socket.close())
  socket.on('message', (data, { address: answerer }) => finish(`${data} via ${answerer}`))
  socket.on('error', ({ code }) => finish(code))
  // Connected, so that the socket hears of refusals.
  socket.bind(from, () => socket.connect(port, address, () => socket.send('?')))
}

function once(done, waitMs, close) {
  let over = false
  const finish = (result) => {
    if (over) return
    over = true
    clearTimeout(timer)
    close()
    done(result)
  }
  const timer = setTimeout(() => finish('nothing'), waitMs)
  return finish
}

function numbers(text) {
  return text.split(',').filter(Boolean).map(Number)
}
