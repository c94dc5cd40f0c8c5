import type { StatusCause } from '../../api/generated/types.ts'
import { isObject } from '../../api/objects.ts'
import { decode, DecodeError, fieldsOf } from '../../api/schema.ts'
import type { Blocking } from '../../os/process.ts'
import type { KubeObject } from '../api.ts'
import { command, fieldManager, FILENAME_FLAGS, PRINT_FLAGS } from '../command.ts'
import { completeTypesAndNames } from '../completion-sources.ts'
import type { Context } from '../context.ts'
import { CommandError, PlainError, StatusError } from '../errors.ts'
import { mergePatchBetween, strategicPatch } from '../patch/three-way.ts'
import { goJson } from '../printers/json.ts'
import { withoutManagedFields } from '../printers/printer.ts'
import { toYaml } from '../printers/yaml.ts'
import { mustFetch, objectPath } from '../resources/builder.ts'
import type { Info } from '../resources/manifests.ts'
import { decodeYaml, YamlError } from '../resources/yaml-decode.ts'
import { launchEditor } from './editor.ts'
import { reporter } from './results.ts'
import { fieldValidation, withLastApplied } from './write.ts'

export const edit = command({
  name: 'edit',
  group: 'Basic Commands (Intermediate)',
  short: 'Edit an object in an editor',
  long: 'Opens the object in $KUBE_EDITOR, $EDITOR or vi, and sends what was changed when the editor ends.',
  examples: ['kubectl edit svc/web', 'KUBE_EDITOR=nano kubectl edit svc web'],
  usage: '(TYPE/NAME | -f FILENAME) [options]',
  flags: [
    ...FILENAME_FLAGS,
    ...PRINT_FLAGS,
    fieldManager('kubectl-edit'),
    { name: 'output-patch', type: 'boolean', default: false, help: 'Print the patch.' },
    {
      name: 'save-config',
      type: 'boolean',
      default: false,
      help: 'Remember the object in the annotation that apply reads.',
    },
    { name: 'subresource', type: 'string', default: '', help: 'Edit this subresource.' },
    {
      name: 'validate',
      type: 'string',
      default: 'strict',
      bare: 'strict',
      help: 'What to do about unknown fields.',
    },
    { name: 'windows-line-endings', type: 'boolean', default: false, help: 'Accepted.' },
  ],
  completeArgs: completeTypesAndNames,
  run: runEdit,
})

const HEADER = `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
`

/** What was refused, for the head of the file when it opens again. */
interface Refusal {
  readonly title: string
  readonly lines: readonly string[]
  /** Said in place of the above, and in the file only. */
  readonly syntaxError?: string
}

function* runEdit(context: Context): Blocking<number | void> {
  const infos = yield* mustFetch(context)
  if (infos.length === 0) return yield* context.printError('edit cancelled, no objects found\n')
  const output = context.flags.string('output')
  if (!['', 'json', 'kyaml', 'yaml'].includes(output))
    throw new CommandError(
      `unable to match a printer suitable for the output format "${output}", allowed formats are: json,kyaml,yaml`,
    )
  const json = output === 'json'
  const show = (object: unknown): string => (json ? `${goJson(object, { indent: 4 })}\n` : toYaml(object))
  const objects = infos.map((info) => withoutManagedFields(info.object))
  const original = show(
    objects.length === 1 ? objects[0] : { apiVersion: 'v1', items: objects, kind: 'List', metadata: {} },
  )
  let body = original
  let refusal: Refusal | undefined
  let lastPath = ''
  for (;;) {
    const before = (json ? '' : HEADER) + headOf(refusal) + body
    const { text, path } = yield* launchEditor(context, before, json ? 'json' : 'yaml')
    const edited = withoutComments(text)
    if (refusal && edited === withoutComments(before))
      return yield* cancelled(context, lastPath, text, refusal)
    if (edited === withoutComments(original)) {
      context.process.machine.files.remove(path)
      yield* context.printError('Edit cancelled, no changes made.\n')
      return
    }
    lastPath = path
    try {
      yield* sendEdits(context, infos, edited, path)
      context.process.machine.files.remove(path)
      return
    } catch (error) {
      refusal = refusalFor(error, infos)
      if (!refusal) throw error
      if (refusal.syntaxError === undefined) yield* context.printError(`error: ${refusal.title} is invalid\n`)
      context.process.machine.files.remove(path)
      body = edited
    }
  }
}

function* cancelled(context: Context, path: string, text: string, refusal: Refusal): Blocking<number> {
  void refusal
  context.process.machine.files.write(path, text)
  yield* context.printError(
    `A copy of your changes has been stored to "${path}"\nerror: Edit cancelled, no valid changes were saved.\n`,
  )
  return 1
}

function headOf(refusal: Refusal | undefined): string {
  if (!refusal) return ''
  if (refusal.syntaxError !== undefined)
    return `# The edited file had a syntax error: ${refusal.syntaxError}\n#\n`
  return `# ${refusal.title} was not valid:\n${refusal.lines.map((line) => `# * ${line}\n`).join('')}#\n`
}

function withoutComments(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
}

function* sendEdits(context: Context, infos: readonly Info[], text: string, path: string): Blocking<void> {
  const decoded = decodeYaml(text) as KubeObject
  if (decoded === null) throw new CommandError('the edited file is empty')
  const edited: KubeObject[] = infos.length > 1 ? (decoded?.items ?? []) : [decoded]
  for (const object of edited) checkMetadata(object)
  const report = reporter(context)
  for (const [i, info] of infos.entries()) {
    const before = withoutManagedFields(info.object)
    const after = edited[i]
    if (after === undefined) continue
    checkIdentity(context, before, after, path)
    const changed = JSON.stringify(before) !== JSON.stringify(after)
    const target = changed && context.flags.boolean('save-config') ? withLastApplied(after) : after
    const strategic = fieldsOf(info.type.kind) !== undefined
    const patch = strategic
      ? strategicPatch(info.type.kind, before, target)
      : mergePatchBetween(before, target)
    if (Object.keys(patch).length === 0) {
      yield* context.printLine(`${info.type.kind.toLowerCase()}/${info.name} skipped`)
      continue
    }
    const result = yield* context.api.send(
      'PATCH',
      objectPath(info, context.flags.string('subresource') || undefined),
      context.writeQuery({ fieldValidation: fieldValidation(context) }),
      patch,
      {
        contentType: strategic ? 'application/strategic-merge-patch+json' : 'application/merge-patch+json',
        accept: 'application/json',
      },
    )
    if (context.flags.boolean('output-patch')) yield* context.printLine(`Patch: ${goJson(patch)}`)
    yield* report(result, 'edited', info.type)
  }
}

function checkIdentity(context: Context, before: KubeObject, after: KubeObject, path: string): void {
  if (typeof after !== 'object' || after === null) return
  const changed =
    before.apiVersion !== after.apiVersion ||
    before.kind !== after.kind ||
    before.metadata?.name !== after.metadata?.name
  if (!changed) return
  void context
  throw new PlainError(
    `A copy of your changes has been stored to "${path}"\nerror: At least one of apiVersion, kind and name was changed`,
  )
}

/** Of an object of whatever kind, the metadata are decoded as any object's. @throws DecodeError */
function checkMetadata(object: KubeObject): void {
  if (isObject(object?.metadata)) decode('ConfigMap', { metadata: object.metadata })
}

/** Errors that open the editor again; undefined for those that end the command. */
function refusalFor(error: unknown, infos: readonly Info[]): Refusal | undefined {
  const info = infos[0]!
  const title = `${info.type.plural}${info.type.group ? `.${info.type.group}` : ''} "${info.name}"`
  if (error instanceof YamlError)
    return { title, lines: [`<nil>: Invalid value: "The edited file failed validation": ${error.message}`] }
  if (error instanceof DecodeError)
    return { title, lines: [], syntaxError: `unable to decode "edited-file": ${error.message}` }
  if (error instanceof StatusError && error.reason === 'Invalid') {
    return {
      title,
      lines: ((error.status.details?.causes ?? []) as StatusCause[]).map(
        (cause) => `${cause.field}: ${cause.message}`,
      ),
    }
  }
  if (error instanceof StatusError && error.reason === 'BadRequest') return { title, lines: [error.message] }
  if (error instanceof CommandError) return { title, lines: [error.message] }
  return undefined
}
