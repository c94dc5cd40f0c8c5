import type { FieldErrors } from '../../field-errors.ts'
import type { Container, LifecycleHandler, Probe } from '../../generated/types.ts'
import { checkPortName, checkPortNumber } from '../../names.ts'

const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const
const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'] as const

/** The faults of a container's probes and lifecycle hooks. */
export function validateProbes(at: string, container: Container, errors: FieldErrors): void {
  for (const hook of ['postStart', 'preStop'] as const) {
    const handler = container.lifecycle?.[hook]
    if (handler) validateHandler(`${at}.lifecycle.${hook}`, handler, errors)
  }
  for (const name of PROBES) {
    const probe = container[name]
    if (probe) validateProbe(`${at}.${name}`, probe, name, errors)
  }
}

function validateProbe(at: string, probe: Probe, name: string, errors: FieldErrors): void {
  validateHandler(at, probe, errors)
  const numbers = [
    'initialDelaySeconds',
    'timeoutSeconds',
    'periodSeconds',
    'successThreshold',
    'failureThreshold',
  ] as const
  for (const field of numbers) {
    const value = probe[field] ?? 0
    if (value < 0) errors.invalid(`${at}.${field}`, value, 'must be greater than or equal to 0')
  }
  if (name !== 'readinessProbe' && probe.successThreshold !== 1)
    errors.invalid(`${at}.successThreshold`, probe.successThreshold ?? 0, 'must be 1')
}

function validateHandler(at: string, handler: Probe | LifecycleHandler, errors: FieldErrors): void {
  const given = HANDLERS.filter((name) => (handler as Readonly<Record<string, unknown>>)[name] !== undefined)
  if (given.length === 0) errors.required(at, 'must specify a handler type')
  for (const extra of given.slice(1))
    errors.forbidden(`${at}.${extra}`, 'may not specify more than 1 handler type')
  const [first] = given
  if (first === 'exec' && !handler.exec?.command?.length) errors.required(`${at}.exec.command`)
  if (first === 'httpGet') {
    validatePort(`${at}.httpGet.port`, handler.httpGet!.port, errors)
    const scheme = handler.httpGet!.scheme ?? 'HTTP'
    if (scheme !== 'HTTP' && scheme !== 'HTTPS')
      errors.notSupported(`${at}.httpGet.scheme`, scheme, ['HTTP', 'HTTPS'])
  }
  if (first === 'tcpSocket') validatePort(`${at}.tcpSocket.port`, handler.tcpSocket!.port, errors)
}

/** A port by number, or by the name of a container's port. */
export function validatePort(field: string, port: number | string | undefined, errors: FieldErrors): void {
  if (typeof port === 'string') errors.invalid(field, port, ...checkPortName(port))
  else errors.invalid(field, port ?? 0, ...checkPortNumber(port ?? 0))
}
