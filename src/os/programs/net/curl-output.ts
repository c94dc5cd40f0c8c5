import { SystemError, type Blocking, type OpenFile, type Process } from '../../process.ts'
import type { Options } from '../options.ts'
import { CurlError } from './curl-error.ts'

const METER_HEAD =
  '  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n' +
  '                                 Dload  Upload   Total   Spent    Left  Speed\n'
const METER_START = '  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0'

/** Where one transfer's data goes, its progress meter, and what `-w` can tell of it. */
export class CurlOutput {
  readonly report: Record<string, string> = {
    http_code: '000', response_code: '000', size_download: '0', size_upload: '0', size_header: '0', size_request: '0', num_connects: '0', num_redirects: '0',
    remote_ip: '', remote_port: '0', local_ip: '', local_port: '0', content_type: '', redirect_url: '', http_version: '0', time_appconnect: '0.000000',
    time_redirect: '0.000000', time_namelookup: '0.000000', time_connect: '0.000000', time_pretransfer: '0.000000', time_starttransfer: '0.000000',
    ssl_verify_result: '0', speed_upload: '0', speed_download: '0', filename_effective: '',
  } // prettier-ignore
  readonly startedMs: number
  downloaded = 0
  uploaded = 0
  #expected = 0
  readonly #process: Process
  readonly #options: Options
  readonly #name: string | undefined
  readonly #remoteName: boolean
  #file: OpenFile | undefined
  #meter = false

  constructor(process: Process, options: Options, name: string | undefined, remoteName: boolean) {
    this.#process = process
    this.#options = options
    this.#name = name
    this.#remoteName = remoteName
    this.startedMs = process.now()
  }

  get toTerminal(): boolean {
    return (
      (this.#name === undefined || this.#name === '-') &&
      !this.#remoteName &&
      this.#process.files.get(1)?.terminal !== undefined
    )
  }

  /** The meter shows where the data does not go to the screen itself. */
  *begin(remoteName: string): Blocking<void> {
    if (this.#remoteName) {
      if (remoteName === '') throw new CurlError(23, 'Remote file name has no length!')
      this.#open(remoteName)
    }
    this.#meter =
      !this.#options.has('s') &&
      !this.#options.has('no-progress-meter') &&
      !this.#options.has('#') &&
      !this.toTerminal
    if (this.#meter) yield* this.#process.printError(`${METER_HEAD}${METER_START}`)
  }

  expect(bytes: number): void {
    this.#expected = bytes
  }

  /** @throws CurlError 23 */
  *write(text: string): Blocking<void> {
    if (text === '') return
    if (!this.#file && this.#name !== undefined && this.#name !== '-') this.#open(this.#name)
    if (this.#file) yield* this.#file.write(text)
    else yield* this.#process.print(text)
  }

  /** One line of -v. */
  *verbose(text: string): Blocking<void> {
    if (this.#options.has('v')) yield* this.#process.printError(text)
  }

  since(): string {
    return ((this.#process.now() - this.startedMs) / 1000).toFixed(6)
  }

  *finish(success: boolean): Blocking<void> {
    const seconds = Math.max(0.000001, (this.#process.now() - this.startedMs) / 1000)
    this.report['time_total'] = seconds.toFixed(6)
    this.report['size_download'] = String(this.downloaded)
    this.report['size_upload'] = String(this.uploaded)
    this.report['speed_download'] = String(Math.floor(this.downloaded / seconds))
    if (this.#name !== undefined && this.#name !== '-' && success && !this.#file) this.#open(this.#name)
    if (!this.#meter) return
    const percent = (part: number, whole: number) =>
      String(whole > 0 ? Math.floor((part * 100) / whole) : 0).padStart(3)
    const received = Math.max(this.#expected, this.downloaded)
    const total = received + this.uploaded
    const amount = (bytes: number) => short(bytes).padStart(5)
    const speeds = [this.downloaded, this.uploaded].map((bytes) =>
      short(Math.floor(bytes / seconds)).padStart(6),
    )
    yield* this.#process.printError(
      `\r${percent(this.downloaded + this.uploaded, total)} ${amount(total)}  ${percent(this.downloaded, received)} ${amount(this.downloaded)}  ${percent(this.uploaded, this.uploaded)} ${amount(this.uploaded)} ${speeds[0]} ${speeds[1]} --:--:-- --:--:-- --:--:-- ${short(Math.floor((this.downloaded + this.uploaded) / seconds)).padStart(5)}\n`,
    )
  }

  #open(name: string): void {
    try {
      this.#file = this.#process.open(name, 'write')
      this.report['filename_effective'] = name
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      throw new CurlError(23, `Failure writing output to destination`)
    }
  }
}

/** At most five characters: 99999, then 1234k, then 12.3M. */
function short(bytes: number): string {
  if (bytes < 100_000) return String(bytes)
  if (bytes < 10_000 * 1024) return `${Math.floor(bytes / 1024)}k`
  return `${(bytes / 1024 ** 2).toFixed(1)}M`
}
