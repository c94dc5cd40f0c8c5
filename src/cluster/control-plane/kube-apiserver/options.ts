import { badRequest, invalid, StatusError } from '../../../api/status.ts'
import { FieldErrors } from '../../../api/field-errors.ts'
import type { ApiRequest } from '../../../api/wire.ts'

/** A query parameter as text: the first when given more than once, empty when absent. */
export function queryText(request: ApiRequest, name: string): string {
  const value = request.query?.[name]
  return (typeof value === 'string' ? value : value?.[0]) ?? ''
}

export function queryFlag(request: ApiRequest, name: string): boolean {
  const text = queryText(request, name)
  return text === 'true' || text === '1'
}

/** A whole number, 0 when absent. @throws StatusError BadRequest */
export function queryNumber(request: ApiRequest, name: string): number {
  const text = queryText(request, name)
  if (text === '') return 0
  if (/^-?\d{1,15}$/.test(text)) return Number(text)
  throw new StatusError(badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`))
}

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore'

/** What every write may say about itself. */
export interface WriteOptions {
  readonly dryRun: boolean
  readonly fieldValidation: FieldValidation
  readonly fieldManager: string
}

/**
 * @param optionsKind `CreateOptions`, `UpdateOptions` or `PatchOptions`: who is at fault in an error's text.
 * @throws StatusError Invalid
 */
export function writeOptions(request: ApiRequest, optionsKind: string): WriteOptions {
  if (!request.query) return defaultsOf(request.userAgent ?? '')
  const errors = new FieldErrors()
  const dryRun = queryText(request, 'dryRun')
  if (dryRun !== '' && dryRun !== 'All') errors.notSupported('dryRun', [dryRun], ['All'])
  const validation = queryText(request, 'fieldValidation') || 'Warn'
  if (!['Strict', 'Warn', 'Ignore'].includes(validation)) {
    errors.notSupported('fieldValidation', validation, ['', 'Ignore', 'Strict', 'Warn'])
  }
  if (errors.any) throw new StatusError(invalid({ group: 'meta.k8s.io', kind: optionsKind }, '', errors.list))
  return {
    dryRun: dryRun === 'All',
    fieldValidation: validation as FieldValidation,
    fieldManager: queryText(request, 'fieldManager') || managerFromUserAgent(request.userAgent),
  }
}

const defaults = new Map<string, WriteOptions>()

function defaultsOf(userAgent: string): WriteOptions {
  let options = defaults.get(userAgent)
  if (!options) {
    if (defaults.size >= MANY_CLIENTS) defaults.clear()
    const fieldManager = managerFromUserAgent(userAgent)
    defaults.set(userAgent, (options = { dryRun: false, fieldValidation: 'Warn', fieldManager }))
  }
  return options
}

const MANY_CLIENTS = 100

/** The default field manager: the client's name, `kubectl` of `kubectl/v1.36.4 (linux/amd64)`. */
function managerFromUserAgent(userAgent: string | undefined): string {
  return userAgent?.split('/')[0] || 'unknown'
}
