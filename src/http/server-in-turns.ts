import { createServer, IncomingMessage, type RequestListener, type Server, type ServerOptions } from 'node:http'
import type { Socket } from 'node:net'
import { isTurnLong } from '../util/time-slices.ts'

/** Of those who hand over so many requests and parts of bodies at once, one is read in a turn. */
const MANY = 256

/**
 * Node's server, whose connections are read in turns: where a turn of the event loop has worked for long, none is read any more
 * until the next. A connection hands over 64 KiB at once, which may be thousands of requests or of parts of a body, and all that
 * have some would do so in the one turn.
 */
export function createServerInTurns(options: ServerOptions, listener: RequestListener): Server {
  const order = createReadingOrder()
  const waiting = new Set<Socket>()
  let isOver = false

  function hold(sockets: Iterable<Socket>): void {
    if (waiting.size === 0) setImmediate(goOn)
    for (const socket of sockets) {
      // One that is paused waits for something else, such as a reader of its body.
      if (!socket.isPaused()) waiting.add(socket.pause())
    }
  }

  function goOn(): void {
    isOver = false
    for (const socket of order.nextOf(waiting)) {
      waiting.delete(socket)
      socket.resume()
    }
    if (waiting.size > 0) setImmediate(goOn)
  }

  function count(socket: Socket): void {
    if (order.isCostly(socket)) hold([socket])
    if (isOver || !isTurnLong()) return
    isOver = true
    hold(order.all())
  }

  class TurnedMessage extends IncomingMessage {
    constructor(socket: Socket) {
      super(socket)
      count(socket)
    }

    override push(part: unknown, encoding?: BufferEncoding): boolean {
      count(this.socket)
      return super.push(part, encoding)
    }

    // Node's own has the connection go on at once.
    override _read(size: number): void {
      if (isOver || waiting.has(this.socket)) waiting.add(this.socket)
      else super._read(size)
    }
  }

  return createServer({ ...options, IncomingMessage: TurnedMessage }, listener).on('connection', (socket: Socket) => {
    order.add(socket)
    socket.once('close', () => {
      order.remove(socket)
      waiting.delete(socket)
    })
  })
}

/** Connections in the order in which they were read: who was read last waits behind the others. */
function createReadingOrder() {
  const light = new Set<Socket>()
  const costly = new Set<Socket>()
  let isCostlyTurn = false
  let lastRead: Socket | undefined
  let handedOver = 0

  return {
    add: (socket: Socket) => void light.add(socket),
    remove: (socket: Socket) => void (light.delete(socket) || costly.delete(socket)),
    all: () => [...light, ...costly],
    /** Notes that a connection has handed something over; whether it is with this that it has handed over many at once. */
    isCostly(socket: Socket): boolean {
      handedOver = socket === lastRead ? handedOver + 1 : 1
      lastRead = socket
      if (handedOver === 1 && (light.delete(socket) || costly.delete(socket))) light.add(socket)
      if (handedOver !== MANY || !light.delete(socket)) return false
      costly.add(socket)
      return true
    },
    /** Who of those that wait is read in the next turn. */
    nextOf(waiting: ReadonlySet<Socket>): readonly Socket[] {
      lastRead = undefined
      const isWaiting = (socket: Socket) => waiting.has(socket)
      const many = [...light].filter(isWaiting)
      const one = [...costly].filter(isWaiting).slice(0, 1)
      // By turns and not together: the kernel tells of those first that were read last.
      isCostlyTurn = one.length > 0 && (many.length === 0 || !isCostlyTurn)
      return isCostlyTurn ? one : many
    },
  }
}
