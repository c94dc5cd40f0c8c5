import type { Status, StatusCause } from '../api/generated/types.ts'

/** Ends a command. `message` is printed after `error: `, as kubectl prints any error it has no better words for. */
export class CommandError extends Error {
  readonly exitCode: number
  constructor(message: string, exitCode = 1) {
    super(message)
    this.exitCode = exitCode
  }
}

/** Printing an object failed half way: `printed` is what had come out by then. */
export class PrintError extends CommandError {
  readonly printed: string
  constructor(message: string, printed: string) {
    super(message)
    this.printed = printed
  }
}

/** A wrong use of the command: kubectl adds where to find help. */
export class UsageError extends Error {}

/** A wrong use that is answered with the whole help page, then `message` if there is one. */
export class HelpError extends Error {
  readonly exitCode: number
  constructor(message: string, exitCode = 1) {
    super(message)
    this.exitCode = exitCode
  }
}

/** Printed exactly as it is. */
export class PlainError extends Error {
  readonly exitCode: number
  constructor(message: string, exitCode = 1) {
    super(message)
    this.exitCode = exitCode
  }
}

/** Several errors of one command, each printed on a line of its own. */
export class AggregateError extends Error {
  readonly errors: readonly Error[]
  constructor(errors: readonly Error[]) {
    super(errors.map((error) => error.message).join('\n'))
    this.errors = errors
  }
}

/** The API server refused: carries its Status. */
export class StatusError extends Error {
  readonly status: Status
  constructor(status: Status) {
    super(status.message ?? '')
    this.status = status
  }
  get reason(): string {
    return this.status.reason ?? ''
  }
}

/** The API server could not be reached. The message is what Go's net says. */
export class ConnectionError extends Error {
  readonly server: string
  constructor(server: string, message = `dial tcp ${hostOf(server)}: connect: connection refused`) {
    super(message)
    this.server = server
  }
}

/** `host:port` of a URL. */
export function hostOf(server: string): string {
  return server.replace(/^[a-z]+:\/\//, '').replace(/\/.*$/, '')
}

/** One error, or several, as kubectl throws what it collected. */
export function throwAll(errors: readonly Error[]): void {
  if (errors.length === 1) throw errors[0]!
  if (errors.length > 1) throw new AggregateError(errors)
}

/** Says what was being done with which file when a request failed, keeping what the server said. */
export function whileDoing(verb: string, source: string | undefined, error: unknown): Error {
  if (!(error instanceof Error)) throw error
  if (!source) return error
  if (error instanceof StatusError) {
    return new StatusError({ ...error.status, message: `error when ${verb} "${source}": ${error.message}` })
  }
  if (error instanceof ConnectionError || error instanceof PlainError) return error
  return new CommandError(`error when ${verb} "${source}": ${error.message}`)
}

/** The text on stderr and the exit code for an error that ended a command (kubectl's `checkErr`). */
export function describeError(error: unknown, commandPath: string): { text: string; exitCode: number } {
  if (error instanceof PlainError) return { text: error.message, exitCode: error.exitCode }
  if (error instanceof UsageError) {
    return {
      text: `error: ${error.message}\nSee '${commandPath} -h' for help and examples`,
      exitCode: exitCodeOf(error),
    }
  }
  if (error instanceof AggregateError) {
    return { text: error.errors.map(plainMessage).join('\n'), exitCode: 1 }
  }
  if (error instanceof StatusError && error.reason === 'Invalid')
    return { text: invalidMessage(error.status), exitCode: exitCodeOf(error) }
  if (error instanceof CommandError) return { text: standardMessage(error), exitCode: error.exitCode }
  if (error instanceof StatusError || error instanceof ConnectionError)
    return { text: standardMessage(error), exitCode: exitCodeOf(error) }
  throw error
}

/** Some commands (diff) end with another code than 1 when something fails. */
function exitCodeOf(error: object): number {
  return 'exitCode' in error ? Number(error.exitCode) : 1
}

/** Of several errors those without better words are told as they are. */
const plainMessage = (error: Error): string =>
  error instanceof CommandError ? error.message : standardMessage(error)

export function standardMessage(error: Error): string {
  if (error instanceof StatusError) {
    if (error.reason === 'Unauthorized')
      return `error: You must be logged in to the server (${error.message})`
    return error.reason
      ? `Error from server (${error.reason}): ${error.message}`
      : `Error from server: ${error.message}`
  }
  if (error instanceof ConnectionError) {
    if (!error.message.includes('connection refused'))
      return `Unable to connect to the server: ${error.message}`
    return `The connection to the server ${hostOf(error.server)} was refused - did you specify the right host or port?`
  }
  if (error instanceof PlainError) return error.message
  return error.message.startsWith('error: ') ? error.message : `error: ${error.message}`
}

function invalidMessage(status: Status): string {
  const details = status.details
  const subject =
    details?.kind || details?.name
      ? `The ${details.kind ?? ''} "${details.name ?? ''}" is invalid`
      : 'The request is invalid'
  const causes = [...new Set((details?.causes ?? []).map(causeText))]
  if (causes.length === 0) return details ? `${subject}: ${status.message ?? ''}` : subject
  if (causes.length === 1) return `${subject}: ${causes[0]}`
  return `${subject}: \n${causes.map((cause) => `* ${cause}`).join('\n')}`
}

function causeText(cause: StatusCause): string {
  return cause.field ? `${cause.field}: ${cause.message}` : (cause.message ?? '')
}
