/**
 * The shape of the tree, held: who may import whom, and what the engine may never touch. The table is the one of
 * ARCHITECTURE.md; a folder that is not named here may not be imported from another component at all.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const src = resolve(import.meta.dirname, '../src')

/** Components by folder, the deepest match counts, and what each may import besides itself and `encoding`. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  encoding: [],
  sim: [],
  api: [],
  network: ['sim'],
  os: ['sim', 'network'],
  client: ['sim', 'api'],
  'cluster/control-plane/etcd': ['sim'],
  'cluster/control-plane/kube-apiserver': ['cluster/control-plane/etcd', 'api', 'sim'],
  'cluster/control-plane/kube-controller-manager': ['client', 'api', 'sim'],
  'cluster/control-plane/kube-scheduler': ['client', 'api', 'sim'],
  'cluster/control-plane/cloud-controller-manager': ['client', 'api', 'sim', 'cluster/cloud'],
  'cluster/node/kubelet': [
    'client',
    'api',
    'sim',
    'os',
    'network',
    'cluster/node/container-runtime',
    'cluster/images',
  ],
  'cluster/node/container-runtime': ['os', 'network', 'sim', 'api/wire', 'cluster/images'],
  'cluster/node/kube-proxy': ['client', 'api', 'sim', 'network'],
  'cluster/node/network-policy': ['client', 'api', 'sim', 'network'],
  'cluster/images': ['os', 'network', 'sim'],
  'cluster/addons/coredns': ['client', 'api', 'os', 'network/sockets'],
  'cluster/cloud': ['network', 'sim'],
  cluster: ['cluster/*', 'client', 'api', 'os', 'network', 'sim', 'kubectl'],
  kubectl: ['client', 'api', 'os'],
  lesson: ['client', 'api', 'os'],
  session: ['cluster', 'lesson', 'client', 'api', 'os', 'network', 'sim', 'kubectl'],
  'worker/protocol': ['api', 'sim', 'lesson', 'session'],
  'worker/client': ['worker/protocol', 'api', 'sim', 'lesson', 'session'],
  worker: [
    'worker/protocol',
    'session',
    'cluster',
    'lesson',
    'kubectl',
    'client',
    'api',
    'os',
    'network',
    'sim',
  ],
  serve: ['session', 'cluster', 'lesson', 'kubectl', 'client', 'api', 'os', 'network', 'sim'],
  ui: ['worker/client', 'worker/protocol', 'api', 'lesson', 'network/story', 'network/trace'],
}

/** Of these the page takes types only: the engine itself stays in the worker. */
const TYPES_ONLY: Readonly<Record<string, readonly string[]>> = {
  ui: ['lesson', 'network/trace'],
  'worker/protocol': ['api', 'sim', 'lesson', 'session'],
  'worker/client': ['sim', 'lesson', 'session'],
}

const ENGINE = [
  'encoding',
  'sim',
  'network',
  'os',
  'api',
  'client',
  'cluster',
  'kubectl',
  'lesson',
  'session',
]

const EXTERNAL: Readonly<Record<string, readonly string[]>> = {
  'os/shell': ['unbash'],
  api: ['rfc6902', 'yaml'],
  kubectl: ['yaml', 'rfc6902'],
  'cluster/control-plane/kube-apiserver': ['rfc6902', 'yaml'],
  'cluster/node/kubelet': ['yaml'],
  cluster: ['yaml'],
  lesson: ['yaml', '@marcbachmann/cel-js'],
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(
      (name) =>
        /\.(ts|svelte)$/.test(name) && !/\.test\.ts$|(^|\/)(testing|testdata|generated)(\/|\.ts$)/.test(name),
    )
    .map((name) => join(folder, name))
    .sort()
}

const component = (path: string, names: readonly string[]): string | undefined =>
  names
    .filter((name) => path === name || path.startsWith(`${name}/`) || path === `${name}.ts`)
    .sort((a, b) => b.length - a.length)[0]

interface Import {
  readonly from: string
  readonly target: string
  readonly typeOnly: boolean
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8')
  const script = file.endsWith('.svelte')
    ? [...text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map((m) => m[1]).join('\n')
    : text
  const source = ts.createSourceFile(file, script, ts.ScriptTarget.Latest, false)
  return source.statements.flatMap((statement): Import[] => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return []
    if (!statement.moduleSpecifier || !ts.isStringLiteral(statement.moduleSpecifier)) return []
    const typeOnly = ts.isImportDeclaration(statement)
      ? statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
      : statement.isTypeOnly
    return [{ from: file, target: statement.moduleSpecifier.text, typeOnly }]
  })
}

const files = sourceFiles(src)
const allImports = files.flatMap(importsOf)

function forbidden({ from, target, typeOnly }: Import): string | undefined {
  const names = Object.keys(MAY_IMPORT)
  const own = component(relative(src, from), names)
  if (!own) return `${relative(src, from)} belongs to no component`
  if (!target.startsWith('.')) {
    if (!ENGINE.includes(own.split('/')[0]!)) return undefined
    const allowed = Object.entries(EXTERNAL).some(
      ([folder, libraries]) =>
        component(relative(src, from), [folder]) && libraries.includes(target.split('?')[0]!),
    )
    return allowed ? undefined : `${relative(src, from)} imports the library ${target}`
  }
  // The page starts the worker by its URL; nothing of it is loaded into the page.
  if (target.endsWith('/worker/main.ts?worker')) return undefined
  const path = relative(src, resolve(dirname(from), target.split('?')[0]!))
  if (path.startsWith('..'))
    return own === 'ui' || own.startsWith('worker') || own === 'serve'
      ? undefined
      : `${relative(src, from)} imports ${path}`
  const other = component(path, names)
  if (other === own || other === 'encoding') return undefined
  const allowed = MAY_IMPORT[own]!.some(
    (name) =>
      name === other ||
      component(path, [name]) !== undefined ||
      (name.endsWith('/*') && other?.startsWith(name.slice(0, -1))),
  )
  if (!allowed) return `${relative(src, from)} (${own}) imports ${path} (${other})`
  const onlyTypes = TYPES_ONLY[own]?.includes(other ?? '')
  return onlyTypes && !typeOnly ? `${relative(src, from)} (${own}) imports values of ${path}` : undefined
}

/** Names that reach outside the simulation. `tsconfig.engine.json` already knows no DOM and no Node. */
const BANNED_NAMES = new Set([
  'Date',
  'Promise',
  'setTimeout',
  'setInterval',
  'queueMicrotask',
  'performance',
  'globalThis',
  'Intl',
  'WeakRef',
])

function bannedIn(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true)
  const found: string[] = []
  const report = (node: ts.Node, what: string) => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart())
    found.push(`${relative(src, file)}:${line + 1} ${what}`)
  }
  const visit = (node: ts.Node): void => {
    if (
      ts.isPropertyAccessExpression(node) &&
      node.expression.getText() === 'Math' &&
      node.name.text === 'random'
    )
      report(node, 'Math.random')
    if (node.kind === ts.SyntaxKind.AsyncKeyword) report(node, 'async')
    if (ts.isAwaitExpression(node)) report(node, 'await')
    if (ts.isIdentifier(node) && BANNED_NAMES.has(node.text) && isValueUse(node)) report(node, node.text)
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      report(node, 'import()')
    if (ts.isCallExpression(node) && /\.toLocale|localeCompare/.test(node.expression.getText()))
      report(node, 'locale')
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/** Whether the identifier is the global of that name used as a value, not a property, a key or a word in a type. */
function isValueUse(node: ts.Identifier): boolean {
  const parent = node.parent
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node
  return (
    ts.isNewExpression(parent) ||
    ts.isCallExpression(parent) ||
    ts.isVariableDeclaration(parent) ||
    ts.isTypeReferenceNode(parent)
  )
}

describe('architecture', () => {
  it('finds the tree', () => expect(files.length).toBeGreaterThan(100))

  it('imports only downwards, by the table', () => {
    expect(allImports.map(forbidden).filter(Boolean)).toEqual([])
  })

  it('keeps wall clock, chance, promises and locale out of the engine', () => {
    const engine = files.filter(
      (file) => ENGINE.includes(relative(src, file).split('/')[0]!) && file.endsWith('.ts'),
    )
    expect(engine.flatMap(bannedIn)).toEqual([])
  })

  it('exports by name', () => {
    const offenders = files.filter(
      (file) => file.endsWith('.ts') && /^export default/m.test(readFileSync(file, 'utf8')),
    )
    expect(offenders.map((file) => relative(src, file))).toEqual([])
  })
})
