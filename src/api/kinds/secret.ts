import { base64Length, decodeBase64, encodeBase64 } from '../../encoding/base64.ts'
import type { FieldErrors } from '../field-errors.ts'
import type { Secret } from '../generated/types.ts'
import { kind } from '../kind.ts'
import { checkConfigMapKey } from '../names.ts'
import { equal, without } from '../objects.ts'
import { AGE, column, NAME } from './shared/columns.ts'

const MAX_BYTES = 1_048_576

/** Keys without which a Secret of a type makes no sense. */
const REQUIRED_KEYS: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
}

function validateType({ type = '', data = {} }: Secret, errors: FieldErrors): void {
  for (const key of REQUIRED_KEYS[type] ?? []) if (!Object.hasOwn(data, key)) errors.required(`data[${key}]`)
  if (
    type === 'kubernetes.io/basic-auth' &&
    !Object.hasOwn(data, 'username') &&
    !Object.hasOwn(data, 'password')
  ) {
    errors.required('data[username]')
    errors.required('data[password]')
  }
  const config = data['.dockerconfigjson']
  if (type !== 'kubernetes.io/dockerconfigjson' || config === undefined) return
  try {
    JSON.parse(decodeBase64(config) ?? '')
  } catch {
    errors.invalid(
      'data[.dockerconfigjson]',
      '<secret contents redacted>',
      'invalid character looking for beginning of value',
    )
  }
}

/** Like a ConfigMap, for what not everybody may read. */
export const secret = kind<Secret>({
  kind: 'Secret',
  plural: 'secrets',
  namespaced: true,
  selectableFields: [{ path: 'type', value: ({ type }) => type ?? '' }],
  columns: [
    NAME,
    column('Type', ({ type }) => type ?? ''),
    column('Data', ({ data }) => Object.keys(data ?? {}).length),
    AGE,
  ],
  defaults(object) {
    const texts = Object.entries(object.stringData ?? {}).map(([key, text]) => [key, encodeBase64(text)])
    const data = texts.length > 0 ? { ...object.data, ...Object.fromEntries(texts) } : object.data
    return without({ ...object, ...(data ? { data } : {}), type: object.type ?? 'Opaque' }, 'stringData')
  },
  validate(object, errors) {
    let bytes = 0
    for (const [key, value] of Object.entries(object.data ?? {})) {
      errors.invalid(`data[${key}]`, key, ...checkConfigMapKey(key))
      bytes += base64Length(value)
    }
    if (bytes > MAX_BYTES) errors.tooLong('data', MAX_BYTES)
    validateType(object, errors)
  },
  validateUpdate(next, old, errors) {
    if (next.type !== old.type) errors.invalid('type', next.type ?? '', 'field is immutable')
    if (!old.immutable) return
    if (!next.immutable) errors.forbidden('immutable', 'field is immutable when `immutable` is set')
    if (!equal(next.data, old.data)) errors.forbidden('data', 'field is immutable when `immutable` is set')
  },
})
