/** `break` and `continue`, on their way to the loop they mean. */
export class LoopJump {
  readonly kind: 'break' | 'continue'
  /** How many loops are still to be left. */
  levels: number
  constructor(kind: 'break' | 'continue', levels: number) {
    this.kind = kind
    this.levels = levels
  }
}

/** `return`, on its way to the function or sourced file. */
export class ReturnJump {
  readonly status: number
  constructor(status: number) {
    this.status = status
  }
}

/** The shell is to end: `exit`, `set -e`, a fatal expansion error. */
export class ExitJump {
  readonly status: number
  constructor(status: number) {
    this.status = status
  }
}

/** ^C: an interactive shell gives up the whole command line. */
export class Interrupt {}

/**
 * Something went wrong in an expansion or assignment: the message is printed with the shell's name in front.
 * `discard` gives up the command line, as bad substitutions do; otherwise only the command fails.
 */
export class ShellFailure extends Error {
  readonly status: number
  readonly discard: boolean
  constructor(message: string, options: { status?: number; discard?: boolean } = {}) {
    super(message)
    this.status = options.status ?? 1
    this.discard = options.discard ?? true
  }
}
