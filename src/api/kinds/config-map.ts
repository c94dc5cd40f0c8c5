import type { ConfigMap } from '../generated/types.ts'
import { kind } from '../kind.ts'
import { checkConfigMapKey } from '../names.ts'
import { utf8Length } from '../../encoding/utf8.ts'
import { equal } from '../objects.ts'
import { AGE, column, NAME } from './shared/columns.ts'

const MAX_BYTES = 1_048_576

/** Configuration that Pods read as files or variables. */
export const configMap = kind<ConfigMap>({
  kind: 'ConfigMap',
  plural: 'configmaps',
  shortNames: ['cm'],
  namespaced: true,
  columns: [
    NAME,
    column(
      'Data',
      ({ data, binaryData }) => Object.keys(data ?? {}).length + Object.keys(binaryData ?? {}).length,
    ),
    AGE,
  ],
  validate({ data = {}, binaryData = {} }, errors) {
    let bytes = 0
    for (const [key, value] of Object.entries(data)) {
      errors.invalid(`data[${key}]`, key, ...checkConfigMapKey(key))
      if (Object.hasOwn(binaryData, key))
        errors.invalid(`data[${key}]`, key, 'duplicate of key present in binaryData')
      bytes += utf8Length(value)
    }
    for (const [key, value] of Object.entries(binaryData)) {
      errors.invalid(`binaryData[${key}]`, key, ...checkConfigMapKey(key))
      bytes += value.length * 0.75
    }
    if (bytes > MAX_BYTES) errors.tooLong('', MAX_BYTES)
  },
  validateUpdate(next, old, errors) {
    if (!old.immutable) return
    if (!next.immutable) errors.forbidden('immutable', 'field is immutable when `immutable` is set')
    if (!equal(next.data, old.data)) errors.forbidden('data', 'field is immutable when `immutable` is set')
    if (!equal(next.binaryData, old.binaryData))
      errors.forbidden('binaryData', 'field is immutable when `immutable` is set')
  },
})
