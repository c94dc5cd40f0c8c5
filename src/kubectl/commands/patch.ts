import { jsonSyntaxError } from '../../encoding/json-syntax.ts'
import type { Blocking } from '../../os/process.ts'
import type { KubeObject } from '../api.ts'
import { command, DRY_RUN, fieldManager, FILENAME_FLAGS, PRINT_FLAGS } from '../command.ts'
import { completeTypesAndNames } from '../completion-sources.ts'
import type { Context } from '../context.ts'
import { CommandError } from '../errors.ts'
import { mergePatch } from '../../api/patch/merge-patch.ts'
import { strategicMergePatch } from '../../api/patch/strategic-merge-patch.ts'
import { mustFetch, namedBy, objectPath } from '../resources/builder.ts'
import { patchLocally } from '../patch/json-patch.ts'
import { goType, readManifests, type Info } from '../resources/manifests.ts'
import { decodeYaml, YamlError } from '../resources/yaml-decode.ts'
import { same } from '../patch/three-way.ts'
import { lateReporter } from './results.ts'

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
}

export const patch = command({
  name: 'patch',
  group: 'Advanced Commands',
  short: 'Change some fields of an object',
  examples: [
    `kubectl patch svc web -p '{"spec":{"type":"NodePort"}}'`,
    `kubectl patch pod web --type=json -p='[{"op":"remove","path":"/metadata/labels/tier"}]'`,
  ],
  usage: '(-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE] [options]',
  flags: [
    ...FILENAME_FLAGS,
    ...PRINT_FLAGS,
    DRY_RUN,
    fieldManager('kubectl-patch'),
    { name: 'patch', short: 'p', type: 'string', default: '', help: 'The patch, as JSON or YAML.' },
    { name: 'patch-file', type: 'string', default: '', values: 'files', help: 'A file with the patch.' },
    {
      name: 'type',
      type: 'string',
      default: 'strategic',
      values: ['json', 'merge', 'strategic'],
      help: 'What kind of patch it is.',
    },
    {
      name: 'subresource',
      type: 'string',
      default: '',
      values: ['resize', 'scale', 'status'],
      help: 'Patch this subresource.',
    },
    {
      name: 'local',
      type: 'boolean',
      default: false,
      help: 'Patch the manifest and print it, without the server.',
    },
  ],
  completeArgs: completeTypesAndNames,
  run: runPatch,
})

function* runPatch(context: Context): Blocking<void> {
  const inline = context.flags.string('patch')
  const file = context.flags.string('patch-file')
  if (inline === '' && file === '')
    throw new CommandError('must specify --patch or --patch-file containing the contents of the patch')
  if (inline !== '' && file !== '') throw new CommandError('cannot specify --patch and --patch-file together')
  const type = context.flags.string('type').toLowerCase()
  const contentType = CONTENT_TYPES[type]
  if (!contentType)
    throw new CommandError(
      `--type must be one of [json merge strategic], not ${JSON.stringify(context.flags.string('type'))}`,
    )
  const { body, undecodable } = parsePatch(inline || readPatchFile(context, file))
  const report = lateReporter(context, { dryRunSuffix: false, alone: true })
  const local = context.flags.boolean('local')
  if (local && context.args.length > 0) throw new CommandError('cannot specify --local and server resources')
  const infos = local ? (yield* readManifests(context)).infos : yield* patched(context)
  if (infos.length === 0) throw new CommandError('no objects passed to patch')
  for (const info of infos) {
    const before = info.object
    if (local || context.dryRun === 'client') {
      checkDocument(type, body, undecodable?.error)
      yield* report(applyLocally(type, info, body), 'patched')
      continue
    }
    const path = objectPath(info, context.flags.string('subresource') || undefined)
    const after = yield* context.api.send('PATCH', path, context.writeQuery(), body, {
      contentType,
      accept: 'application/json',
      ...(undecodable && { undecodable }),
    })
    yield* report(after, same(before, after) ? 'patched (no change)' : 'patched')
  }
}

function* patched(context: Context): Blocking<Info[]> {
  const subresource = context.flags.string('subresource')
  if (subresource === '') return yield* mustFetch(context, { asInFile: context.dryRun === 'client' })
  const named = yield* namedBy(context)
  const targets =
    named === 'files'
      ? (yield* readManifests(context)).infos
      : named.kind === 'objects'
        ? named.objects.map((one) => ({ ...one, namespace: one.type.namespaced ? context.namespace : '' }))
        : []
  const infos: Info[] = []
  for (const info of targets)
    infos.push({
      ...info,
      object: yield* context.api.get(objectPath(info, subresource), {}, 'application/json'),
    })
  return infos
}

function readPatchFile(context: Context, path: string): string {
  try {
    return context.readFile(path)
  } catch (error) {
    throw new CommandError(`unable to read patch file: ${(error as Error).message}`)
  }
}

/** What the server would say of a patch that is no object, kubectl says itself when it patches. */
function checkDocument(type: string, body: unknown, syntaxError: string | undefined): void {
  if (type === 'json') {
    if (syntaxError !== undefined) throw new CommandError(syntaxError)
    if (!Array.isArray(body))
      throw new CommandError(`json: cannot unmarshal ${goType(body)} into Go value of type jsonpatch.Patch`)
    return
  }
  if (typeof body !== 'object' || Array.isArray(body)) throw new CommandError('invalid JSON document')
}

interface Patch {
  readonly body?: unknown
  readonly undecodable?: { readonly text: string; readonly error: string }
}

/** The patch as JSON values. What begins as JSON goes to the server as it is, which says what is wrong with it. */
function parsePatch(text: string): Patch {
  if (text.trimStart().startsWith('{')) {
    const error = jsonSyntaxError(text)
    return error === undefined ? { body: JSON.parse(text) as unknown } : { undecodable: { text, error } }
  }
  try {
    return { body: decodeYaml(text) }
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    throw new CommandError(`unable to parse ${JSON.stringify(text)}: ${error.message}`)
  }
}

function applyLocally(type: string, info: Info, body: unknown): KubeObject {
  try {
    if (type === 'json') return patchLocally(info.object, body as readonly unknown[])
    if (type === 'merge') return mergePatch(info.object, body ?? {})
    return strategicMergePatch(info.type.kind, info.object, (body ?? {}) as Record<string, unknown>)
  } catch (error) {
    throw new CommandError((error as Error).message)
  }
}
