import { createServer, IncomingMessage, type RequestListener, type Server, type ServerOptions } from 'node:http'
import type { Socket } from 'node:net'
import { isTurnLong } from '../util/time-slices.ts'

/** A connection that hands over this many requests and body chunks in a row is costly: of those, one is read per tick. */
const MANY = 256

/**
 * Node's HTTP server with connections read in turns: once an event-loop tick has run for long, nothing more is read until the next. A
 * connection hands over 64 KiB at once, which may be thousands of requests or body chunks, and every readable connection would do so in the
 * same tick.
 */
export function createServerInTurns(options: ServerOptions, listener: RequestListener): Server {
  const order = createReadingOrder()
  const waiting = new Set<Socket>()
  let isOver = false

  function hold(sockets: Iterable<Socket>): void {
    if (waiting.size === 0) setImmediate(goOn)
    for (const socket of sockets) {
      // A socket that is already paused waits for something else, such as the reader of its body.
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

    // Node's own would resume the socket at once.
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

/** Connections in the order in which they were last read; the one read last goes to the end. */
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
    /** Counts what a connection hands over; true when it has just become costly. */
    isCostly(socket: Socket): boolean {
      handedOver = socket === lastRead ? handedOver + 1 : 1
      lastRead = socket
      if (handedOver === 1 && (light.delete(socket) || costly.delete(socket))) light.add(socket)
      if (handedOver !== MANY || !light.delete(socket)) return false
      costly.add(socket)
      return true
    },
    /** Which of the waiting connections are read in the next tick. */
    nextOf(waiting: ReadonlySet<Socket>): readonly Socket[] {
      lastRead = undefined
      const isWaiting = (socket: Socket) => waiting.has(socket)
      const many = [...light].filter(isWaiting)
      const one = [...costly].filter(isWaiting).slice(0, 1)
      // Alternating, not together: the kernel reports those first that were read last.
      isCostlyTurn = one.length > 0 && (many.length === 0 || !isCostlyTurn)
      return isCostlyTurn ? one : many
    },
  }
}
