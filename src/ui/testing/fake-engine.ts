/**
 * A cluster of cardboard, to work on the page alone (`vite --mode fake`): fixed objects, a terminal that echoes. Never
 * shipped, and nothing in it should be believed.
 */
import type { ApiResponse, WatchEvent } from '../../api/wire.ts'
import type {
  BootInfo,
  BootOptions,
  BrowseResult,
  EditorResult,
  Engine,
  FileEntry,
  LogEntry,
  Update,
} from '../../worker/protocol.ts'
import { objects, story } from './fake-objects.ts'

const START_MS = 1_795_334_400_000
const PROMPT = '\x1b[1;32mlearner@laptop\x1b[0m:\x1b[1;34m~\x1b[0m$ '
const PODS = `NAME                     READY   STATUS    RESTARTS   AGE   IP           NODE     NOMINATED NODE   READINESS GATES\r\nnginx-7c5d8bf9f7-2xkqp   1/1     Running   0          42s   10.244.1.5   node-1   <none>           <none>\r\nnginx-7c5d8bf9f7-9lmtz   1/1     Running   0          42s   10.244.2.4   node-2   <none>           <none>\r\n`

export class FakeEngine implements Engine {
  #send: (update: Update) => void = () => {}
  #files = new Map([
    [
      'service.yaml',
      'apiVersion: v1\nkind: Service\nmetadata:\n  name: nginx\nspec:\n  ports:\n    - port: 80\n      targetPort: 80\n  selector:\n    run: nginx\n',
    ],
  ])
  #lines = new Map<string, string>()
  #log: LogEntry[] = []
  #nowMs = START_MS
  #speed = 1
  #events = 0
  #isTracing = false

  async boot(options: BootOptions, onUpdates: (updates: readonly Update[]) => void): Promise<BootInfo> {
    this.#send = (update) => onUpdates([update])
    this.#log = [...(options.log ?? [])]
    for (const { path, text } of options.lesson?.files ?? []) this.#files.set(path, text)
    setInterval(() => this.#tick(100), 100)
    const steps = (
      (options.lesson?.spec as { steps?: { id: string; tasks: { id: string }[] }[] })?.steps ?? []
    ).map(({ id, tasks }, step) => ({
      id,
      tasks: tasks.map((task, index) => ({
        id: task.id,
        state: step === 0 && index === 0 ? ('pass' as const) : ('fail' as const),
        tries: 2,
        ...(step === 0 && index === 0
          ? {}
          : { unmet: { message: 'look-at-a-file', present: 'no program with "service.yaml" was run' } }),
      })),
    }))
    if (options.lesson) {
      const state = {
        lesson: options.lesson.id,
        step: steps[0]!.id,
        steps,
        names: { 'services.nginx.clusterIP': '10.96.112.7' },
      }
      setTimeout(() => this.#send({ kind: 'lesson', state }))
    }
    return {
      version: 'fake',
      startMs: START_MS,
      nowMs: START_MS,
      speed: 1,
      home: '/home/learner',
      terminals: [],
      replayed: this.#log.length,
      tookMs: 1,
    }
  }

  #tick(wallMs: number): void {
    this.#nowMs += wallMs * this.#speed
    this.#events++
    this.#send({
      kind: 'time',
      nowMs: this.#nowMs,
      speed: this.#speed,
      eventCount: this.#events,
      behindMs: 0,
      longestSliceMs: 1,
    })
    if (this.#isTracing && this.#events % 15 === 0) {
      const { request, answer } = story(30_000 + this.#events)
      this.#send({
        kind: 'trace',
        events: [request, answer].map((data) => ({
          atMs: this.#nowMs,
          source: 'network',
          type: 'packet',
          message: '',
          data,
        })),
      })
      this.#send({
        kind: 'trace',
        events: [
          {
            atMs: this.#nowMs,
            source: 'endpointslice',
            type: 'reconcile',
            message: 'nginx: added 10.244.2.4, Pod became ready',
          },
        ],
      })
    }
  }

  #logged(kind: string, fields: Record<string, unknown> = {}): void {
    const entry = { index: this.#log.length, atMs: this.#nowMs, kind, ...fields }
    this.#log.push(entry)
    this.#send({ kind: 'inputs', entries: [entry] })
  }

  async ping(): Promise<string> {
    return 'fake'
  }

  async request({ path }: { path: string }): Promise<ApiResponse> {
    const resources = (kinds: string[]) =>
      kinds.map((kind) => ({ name: `${kind.toLowerCase()}s`, kind, verbs: ['create', 'get'] }))
    const bodies: Record<string, unknown> = {
      '/apis': { groups: [{ versions: [{ groupVersion: 'apps/v1' }] }] },
      '/api/v1': { groupVersion: 'v1', resources: resources(['Service', 'Pod', 'ConfigMap']) },
      '/apis/apps/v1': { groupVersion: 'apps/v1', resources: resources(['Deployment']) },
    }
    return { status: 200, contentType: 'application/json', warnings: [], body: bodies[path] }
  }

  async startWatch(watch: string): Promise<void> {
    const events = (objects[watch] ?? []).map((object): WatchEvent => ({ type: 'ADDED', object }))
    this.#send({ kind: 'watch', watch, events })
  }
  async stopWatch(): Promise<void> {}

  async openTerminal(terminal: string): Promise<void> {
    this.#logged('open-terminal', { terminal })
    this.#lines.set(terminal, '')
    this.#print(terminal, PROMPT)
  }
  async terminalInput(terminal: string, text: string): Promise<void> {
    this.#logged('terminal-input', { terminal, text })
    for (const key of text) this.#key(terminal, key)
  }
  #key(terminal: string, key: string): void {
    const line = this.#lines.get(terminal) ?? ''
    if (key === '\r') {
      this.#lines.set(terminal, '')
      this.#print(
        terminal,
        `\r\n${/get pod/.test(line) ? PODS : line === '' ? '' : `${line.split(' ')[0]}: made of cardboard\r\n`}${PROMPT}`,
      )
      if (/^vi /.test(line))
        this.#send({
          kind: 'editor-open',
          editor: 1,
          path: '/home/learner/service.yaml',
          text: this.#files.get('service.yaml')!,
          program: 'vi',
          terminal,
        })
    } else if (key === '\x7f') {
      this.#lines.set(terminal, line.slice(0, -1))
      if (line !== '') this.#print(terminal, '\b \b')
    } else {
      this.#lines.set(terminal, line + key)
      this.#print(terminal, key)
    }
  }
  #print(terminal: string, text: string): void {
    this.#send({ kind: 'terminal-output', terminal, text })
  }
  async resizeTerminal(): Promise<void> {}
  async closeTerminal(): Promise<void> {}

  async listFiles(): Promise<readonly FileEntry[]> {
    return [...this.#files].map(([path, text]) => ({
      path,
      directory: false,
      size: text.length,
      modifiedMs: 0,
    }))
  }
  async readFile(path: string): Promise<string> {
    return this.#files.get(path) ?? ''
  }
  async writeFile(path: string, text: string): Promise<void> {
    this.#files.set(path, text)
    this.#logged('write-file', { path })
  }
  async removeFile(path: string): Promise<void> {
    this.#files.delete(path)
  }
  async renameFile(): Promise<void> {}
  async finishEditor(_editor: number, { saved, text }: EditorResult): Promise<void> {
    if (saved) this.#files.set('service.yaml', text)
  }

  async browse(url: string): Promise<BrowseResult> {
    await new Promise((done) => setTimeout(done, 200))
    if (!url.includes('203.0.113.10'))
      return {
        kind: 'error',
        code: 'CONNECTION_REFUSED',
        message: `${new URL(url).host} refused to connect.`,
        tookMs: 1,
      }
    const body = '<h1>Welcome to nginx!</h1><p>If you see this page, the web server is working.</p>'
    return {
      kind: 'page',
      url,
      status: 200,
      reason: 'OK',
      headers: {},
      body,
      remoteAddress: '203.0.113.10:80',
      answeredBy: 'default/nginx-7c5d8bf9f7-2xkqp',
      tookMs: 3,
    }
  }
  async startLoad(load: string): Promise<void> {
    this.#send({
      kind: 'load',
      load,
      sent: 100,
      answered: 98,
      failed: 2,
      byBackend: { 'default/nginx-7c5d8bf9f7-2xkqp': 51, 'default/nginx-7c5d8bf9f7-9lmtz': 47 },
      byError: { CONNECTION_RESET: 2 },
      finished: true,
    })
  }
  async stopLoad(): Promise<void> {}
  async openWatches(): Promise<[]> {
    return []
  }

  async rules(): Promise<string> {
    return '*nat\n:PREROUTING ACCEPT [0:0]\n:KUBE-SERVICES - [0:0]\n:KUBE-SVC-2CMXP7HKUVJN7L6M - [0:0]\n-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES\n-A KUBE-SERVICES -d 10.96.112.7/32 -p tcp -m comment --comment "default/nginx cluster IP" -m tcp --dport 80 -j KUBE-SVC-2CMXP7HKUVJN7L6M\nCOMMIT\n'
  }
  async setSpeed(speed: number): Promise<void> {
    this.#speed = speed
    this.#logged('speed', { speed })
  }
  async step(): Promise<void> {
    this.#nowMs += 250
  }
  async setTracing(on: boolean): Promise<void> {
    this.#isTracing = on
  }
  async goToStep(): Promise<void> {}
  async exportLog(): Promise<string> {
    return JSON.stringify(this.#log)
  }

  async eventLog(): Promise<string> {
    return ''
  }
}
