import { describe, expect, it } from 'vitest'
import { entriesOf, linesOf, partsOf } from './transcript.ts'

describe('a stream as lines', () => {
  it.each([
    ['plain lines', 'one\r\ntwo\r\n', ['one', 'two', '']],
    ['a backspace takes a letter back', 'lx\b \bs\r\n', ['ls', '']],
    ['a carriage return overwrites', '10%\r100%\r\n', ['100%', '']],
    ['erase to the end of the line', 'abcdef\x1b[3D\x1b[K\r\n', ['abc', '']],
    ['colours leave no trace', '\x1b[1;32mok\x1b[0m\r\n', ['ok', '']],
    ['clearing the screen forgets', 'old\r\n\x1b[H\x1b[2Jnew', ['new']],
  ])('%s', (_name, stream, lines) => expect(linesOf(stream)).toEqual(lines))
})

describe('lines as entries', () => {
  it('gathers each answer under its prompt', () => {
    const stream =
      'Welcome\r\nlearner@laptop:~$ ls\r\na.yaml\r\nlearner@laptop:~$ kubectl exec -it client -- sh\r\n/ # id\r\nuid=0\r\n/ # '
    expect(entriesOf(stream)).toEqual([
      { command: '', output: ['Welcome'] },
      { command: 'learner@laptop:~$ ls', output: ['a.yaml'] },
      { command: 'learner@laptop:~$ kubectl exec -it client -- sh', output: [] },
      { command: '/ # id', output: ['uid=0'] },
      { command: '/ # ', output: [] },
    ])
  })
})

describe('tables', () => {
  it('cuts columns where the headings stand', () => {
    const output = [
      'NAME    TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE',
      'nginx   ClusterIP   10.96.0.20   <none>        80/TCP    5s',
      '',
    ]
    expect(partsOf(output)).toEqual([
      {
        head: ['NAME', 'TYPE', 'CLUSTER-IP', 'EXTERNAL-IP', 'PORT(S)', 'AGE'],
        rows: [['nginx', 'ClusterIP', '10.96.0.20', '<none>', '80/TCP', '5s']],
      },
    ])
  })

  it('stand between warnings and other tables, as `kubectl get all` prints them', () => {
    const pods = ['NAME        READY', 'pod/web-1   1/1']
    const services = ['NAME          TYPE', 'service/web   ClusterIP']
    expect(partsOf(['Warning: old', ...pods, '', ...services])).toEqual([
      'Warning: old',
      { head: ['NAME', 'READY'], rows: [['pod/web-1', '1/1']] },
      { head: ['NAME', 'TYPE'], rows: [['service/web', 'ClusterIP']] },
    ])
  })

  it('leaves prose, and lines that only look like headings, alone', () => {
    expect(partsOf(['deployment.apps/nginx created'])).toEqual(['deployment.apps/nginx created'])
    expect(partsOf(['NAME   IS', 'no table'])).toEqual(['NAME   IS\nno table'])
  })
})
