/** Monaco with YAML, and nothing else of it; a chunk of its own that arrives long after the lesson can be read. */
import * as monaco from 'monaco-editor/editor'
import 'monaco-editor/languages/definitions/yaml/register'
import 'monaco-editor/features/bracketMatching/register'
import 'monaco-editor/features/clipboard/register'
import 'monaco-editor/features/codicon/register'
import 'monaco-editor/features/comment/register'
import 'monaco-editor/features/contextmenu/register'
import 'monaco-editor/features/cursorUndo/register'
import 'monaco-editor/features/find/register'
import 'monaco-editor/features/folding/register'
import 'monaco-editor/features/gotoError/register'
import 'monaco-editor/features/hover/register'
import 'monaco-editor/features/indentation/register'
import 'monaco-editor/features/linesOperations/register'
import 'monaco-editor/features/multicursor/register'
import 'monaco-editor/features/smartSelect/register'
import 'monaco-editor/features/snippet/register'
import 'monaco-editor/features/suggest/register'
// The line above registers the language side only; the widget is here.
import 'monaco-editor/editor/contrib/suggest/browser/suggestController.js'
import 'monaco-editor/features/toggleTabFocusMode/register'
import 'monaco-editor/features/wordHighlighter/register'
import 'monaco-editor/features/wordOperations/register'
import { configureMonacoYaml, type MonacoYaml } from 'monaco-yaml'
import EditorWorker from 'monaco-editor/editor/editor.worker.js?worker'
import { definitions } from '../../api/generated/schema.ts'
import descriptions from '../../api/generated/descriptions.json'
import { manifestSchema } from './schema.ts'
import { servedKinds } from './served-kinds.ts'
import YamlWorker from './yaml.worker.ts?worker'

export interface EditorHandle {
  /** Shows a document; each keeps its own undo history and place. */
  show(id: string, path: string, text: string): void
  /** The text of a document changed outside the editor. */
  update(id: string, text: string): void
  forget(id: string): void
  configure(options: { isDark: boolean; fontSize: number }): void
  focus(): void
  dispose(): void
}

export interface EditorEvents {
  readonly onChange: (id: string, text: string) => void
  readonly onProblems: (
    id: string,
    problems: readonly { readonly line: number; readonly message: string }[],
  ) => void
}

self.MonacoEnvironment = { getWorker: () => new EditorWorker() }

let yaml: MonacoYaml | undefined

/** monaco-yaml asks for its worker by a name that this Monaco no longer resolves: it is handed a live one instead. */
function startYaml(): void {
  if (yaml) return
  const editor = {
    ...monaco.editor,
    createWebWorker(options: { createData?: unknown }) {
      const worker = new YamlWorker()
      worker.postMessage('ignore')
      worker.postMessage(options.createData)
      return monaco.editor.createWebWorker({ ...options, worker } as never)
    },
  }
  const options = {
    isKubernetes: false,
    format: { enable: false },
    hover: true,
    completion: true,
    validate: true,
  }
  yaml = configureMonacoYaml(
    { ...monaco, editor, languages: { ...monaco.languages, ...onceEach } } as never,
    options,
  )
  void servedKinds().then((kinds) => {
    const schema = manifestSchema(kinds, definitions, descriptions as never)
    return yaml!.update({
      ...options,
      schemas: [{ uri: 'inmemory://kubernetes/manifest.json', fileMatch: ['**/*.yaml', '**/*.yml'], schema }],
    })
  })
}

/** Several branches of the schema propose the same field, and each a skeleton without a name: one of each is enough. */
const onceEach: Pick<typeof monaco.languages, 'registerCompletionItemProvider'> = {
  registerCompletionItemProvider: (language, provider) =>
    monaco.languages.registerCompletionItemProvider(language, {
      ...provider,
      async provideCompletionItems(...request) {
        const list = await provider.provideCompletionItems(...request)
        const named = list?.suggestions.filter(({ label }) => label !== 'object') ?? []
        return { ...list, suggestions: [...new Map(named.map((one) => [labelOf(one), one])).values()] }
      },
    }),
}
const labelOf = ({ label }: monaco.languages.CompletionItem) =>
  typeof label === 'string' ? label : label.label

/** The editor in the colours of the page (styles/page.css). */
const COLOURS = {
  light: { base: 'vs', panel: '#ffffff', raised: '#f5f7fb', line: '#d3dae6', muted: '#515d77' },
  dark: { base: 'vs-dark', panel: '#131924', raised: '#1a2230', line: '#2a3446', muted: '#9dabc4' },
} as const
for (const [name, { base, panel, raised, line, muted }] of Object.entries(COLOURS)) {
  monaco.editor.defineTheme(name, {
    base,
    inherit: true,
    rules: [],
    colors: {
      'editor.background': panel,
      'editor.lineHighlightBackground': raised,
      'editor.lineHighlightBorder': raised,
      'editorLineNumber.foreground': muted,
      'editorWidget.background': raised,
      'editorWidget.border': line,
      'editorSuggestWidget.background': raised,
      'editorHoverWidget.background': raised,
    },
  })
}

export function openEditor(place: HTMLElement, events: EditorEvents): EditorHandle {
  startYaml()
  const models = new Map<string, monaco.editor.ITextModel>()
  const views = new Map<string, monaco.editor.ICodeEditorViewState | null>()
  let shown: string | undefined
  const editor = monaco.editor.create(place, {
    model: null,
    automaticLayout: true,
    minimap: { enabled: false },
    scrollBeyondLastLine: false,
    tabSize: 2,
    insertSpaces: true,
    fixedOverflowWidgets: true,
    quickSuggestions: { strings: true, other: true, comments: false },
    padding: { top: 8 },
    fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--mono'),
    ariaLabel: 'YAML editor',
  })
  const markers = monaco.editor.onDidChangeMarkers((changed) => {
    for (const [id, model] of models) {
      if (!changed.some((uri) => uri.toString() === model.uri.toString())) continue
      const found = monaco.editor.getModelMarkers({ resource: model.uri })
      events.onProblems(
        id,
        found.map(({ startLineNumber, message }) => ({ line: startLineNumber, message })),
      )
    }
  })
  return {
    show(id, path, text) {
      if (shown !== undefined) views.set(shown, editor.saveViewState())
      let model = models.get(id)
      if (!model) {
        const uri = monaco.Uri.parse(
          `file:///${encodeURIComponent(id)}/${/\.ya?ml$/.test(path) ? path : `${path}.yaml`}`,
        )
        model = monaco.editor.getModel(uri) ?? monaco.editor.createModel(text, 'yaml', uri)
        model.onDidChangeContent(() => events.onChange(id, models.get(id)!.getValue()))
        models.set(id, model)
      }
      if (model.getValue() !== text) model.setValue(text)
      shown = id
      editor.setModel(model)
      const view = views.get(id)
      if (view) editor.restoreViewState(view)
    },
    update(id, text) {
      const model = models.get(id)
      if (model && model.getValue() !== text) model.setValue(text)
    },
    forget(id) {
      models.get(id)?.dispose()
      models.delete(id)
      views.delete(id)
    },
    configure: ({ isDark, fontSize }) => {
      monaco.editor.setTheme(isDark ? 'dark' : 'light')
      editor.updateOptions({ fontSize })
    },
    focus: () => editor.focus(),
    dispose() {
      markers.dispose()
      editor.dispose()
      for (const model of models.values()) model.dispose()
    },
  }
}
