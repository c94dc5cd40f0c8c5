import type { FieldErrors } from '../../field-errors.ts'
import type { EnvFromSource, EnvVar, EnvVarSource } from '../../generated/types.ts'
import { checkConfigMapKey, checkEnvVarName } from '../../names.ts'

/** Fields of a Pod that an environment variable may be made from. */
const ENV_FIELDS = new Set([
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
])
/** Fields that exist, though not for variables. */
const OTHER_FIELDS = new Set([
  'metadata.labels',
  'metadata.annotations',
  'spec.restartPolicy',
  'spec.schedulerName',
  'spec.hostNetwork',
  'status.phase',
  'status.nominatedNodeName',
])

export function validateEnv(field: string, variables: readonly EnvVar[], errors: FieldErrors): void {
  variables.forEach((variable, index) => {
    const at = `${field}[${index}]`
    if (!variable.name) errors.required(`${at}.name`)
    else errors.invalid(`${at}.name`, variable.name, ...checkEnvVarName(variable.name))
    if (variable.valueFrom) validateValueFrom(`${at}.valueFrom`, variable.valueFrom, variable.value, errors)
  })
}

function validateValueFrom(
  at: string,
  source: EnvVarSource,
  value: string | undefined,
  errors: FieldErrors,
): void {
  const given = Object.keys(source)
  if (source.fieldRef) {
    const path = source.fieldRef.fieldPath
    const base = path.replace(/\['.*'\]$/, '')
    if (!path) errors.required(`${at}.fieldRef.fieldPath`)
    else if (!ENV_FIELDS.has(path) && !/^metadata\.(labels|annotations)\['.+'\]$/.test(path)) {
      if (OTHER_FIELDS.has(base))
        errors.notSupported(`${at}.fieldRef.fieldPath`, path, [...ENV_FIELDS].sort())
      else
        errors.invalid(
          `${at}.fieldRef.fieldPath`,
          path,
          `error converting fieldPath: field label not supported: ${path}`,
        )
    }
  }
  for (const name of ['configMapKeyRef', 'secretKeyRef'] as const) {
    const reference = source[name]
    if (!reference) continue
    if (!reference.name) errors.required(`${at}.${name}.name`)
    if (!reference.key) errors.required(`${at}.${name}.key`)
    else errors.invalid(`${at}.${name}.key`, reference.key, ...checkConfigMapKey(reference.key))
  }
  if (given.length === 0)
    errors.invalid(
      at,
      '',
      'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef`, or `fileKeyRef`',
    )
  else if (value) errors.invalid(at, '', 'may not be specified when `value` is not empty')
  else if (given.length > 1) errors.invalid(at, '', 'may not have more than one field specified at a time')
}

export function validateEnvFrom(field: string, sources: readonly EnvFromSource[], errors: FieldErrors): void {
  sources.forEach((source, index) => {
    const at = `${field}[${index}]`
    if (source.configMapRef && !source.configMapRef.name) errors.required(`${at}.configMapRef.name`)
    if (source.secretRef && !source.secretRef.name) errors.required(`${at}.secretRef.name`)
    if (!source.configMapRef && !source.secretRef)
      errors.invalid(at, '', 'must specify one of: `configMapRef` or `secretRef`')
    if (source.configMapRef && source.secretRef)
      errors.invalid(at, '', 'may not have more than one field specified at a time')
  })
}
