import type { FieldErrors } from './field-errors.ts'
import type { ObjectMeta, OwnerReference } from './generated/types.ts'
import type { Kind } from './kind.ts'
import { checkDns1123Subdomain, checkLabelValue, checkQualifiedName } from './names.ts'
import { utf8Length } from '../encoding/utf8.ts'

const MAX_ANNOTATIONS_BYTES = 262_144

/** The faults of an object's metadata, in the order in which the real server finds them. */
export function validateObjectMeta(
  meta: ObjectMeta,
  kind: Pick<Kind, 'validateName' | 'namespaced'>,
  errors: FieldErrors,
): void {
  const check = (name: string) => (kind.validateName ? kind.validateName(name) : checkDns1123Subdomain(name))
  if (meta.generateName)
    errors.invalid('metadata.generateName', meta.generateName, ...check(maskTrailingDash(meta.generateName)))
  if (!meta.name) errors.required('metadata.name', 'name or generateName is required')
  else errors.invalid('metadata.name', meta.name, ...check(meta.name))
  validateLabels('metadata.labels', meta.labels, errors)
  validateAnnotations('metadata.annotations', meta.annotations, errors)
  meta.ownerReferences?.forEach((owner, index) =>
    validateOwner(`metadata.ownerReferences[${index}]`, owner, errors),
  )
  const controllers = (meta.ownerReferences ?? []).filter((owner) => owner.controller)
  if (controllers.length > 1) {
    const text = controllers.map(({ kind: owner, name }) => `${owner}/${name}`).join(', ')
    errors.invalid(
      'metadata.ownerReferences',
      null,
      `Only one reference can have Controller set to true. Found "true" in references for ${text}`,
    )
  }
  meta.finalizers?.forEach((finalizer) => {
    errors.invalid('metadata.finalizers', finalizer, ...checkQualifiedName(finalizer))
    if (
      checkQualifiedName(finalizer).length === 0 &&
      !finalizer.includes('/') &&
      !STANDARD_FINALIZERS.has(finalizer)
    ) {
      errors.invalid(
        'metadata.finalizers',
        finalizer,
        'name is neither a standard finalizer name nor is it fully qualified',
      )
    }
  })
}

/** An update checks what may have changed on its own, and then all: a fault shows twice among the causes. */
export function validateObjectMetaUpdate(meta: ObjectMeta, errors: FieldErrors): void {
  validateLabels('metadata.labels', meta.labels, errors)
  validateAnnotations('metadata.annotations', meta.annotations, errors)
  meta.ownerReferences?.forEach((owner, index) =>
    validateOwner(`metadata.ownerReferences[${index}]`, owner, errors),
  )
}

const STANDARD_FINALIZERS = new Set(['kubernetes', 'orphan', 'foregroundDeletion'])

/** A generateName may end with a dash: something follows. */
const maskTrailingDash = (name: string) => (name.endsWith('-') ? `${name.slice(0, -2)}a` : name)

export function validateLabels(
  field: string,
  labels: Readonly<Record<string, string>> | undefined,
  errors: FieldErrors,
): void {
  if (!labels || valid.has(labels)) return
  let isValid = true
  for (const [key, value] of Object.entries(labels)) {
    const faults = [checkQualifiedName(key), checkLabelValue(value)] as const
    errors.invalid(field, key, ...faults[0])
    errors.invalid(field, value, ...faults[1])
    if (faults[0].length > 0 || faults[1].length > 0) isValid = false
  }
  if (isValid) valid.add(labels)
}

/** Labels without a fault: Pods of one template share theirs. */
const valid = new WeakSet<Readonly<Record<string, string>>>()

export function validateAnnotations(
  field: string,
  annotations: Readonly<Record<string, string>> | undefined,
  errors: FieldErrors,
): void {
  let bytes = 0
  for (const [key, value] of Object.entries(annotations ?? {})) {
    errors.invalid(field, key, ...checkQualifiedName(key.toLowerCase()))
    bytes += utf8Length(key) + utf8Length(value)
  }
  if (bytes > MAX_ANNOTATIONS_BYTES) errors.tooLong(field, MAX_ANNOTATIONS_BYTES)
}

function validateOwner(field: string, owner: OwnerReference, errors: FieldErrors): void {
  if (!owner.apiVersion)
    errors.invalid(`${field}.apiVersion`, owner.apiVersion ?? '', 'version must not be empty')
  if (!owner.kind) errors.invalid(`${field}.kind`, owner.kind ?? '', 'must not be empty')
  if (!owner.name) errors.invalid(`${field}.name`, owner.name ?? '', 'must not be empty')
  if (!owner.uid) errors.invalid(`${field}.uid`, owner.uid ?? '', 'must not be empty')
}
