/** A transfer that failed: the exit code and the message after `curl: (N) `. */
export class CurlError extends Error {
  readonly code: number
  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}
