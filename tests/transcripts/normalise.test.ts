import { describe, expect, it } from 'vitest'
import { normalise } from './normalise.ts'

describe('the one normalisation', () => {
  it.each([
    [
      'nginx-5d98dc958f-25l5r   1/1     Running   0          3s',
      'nginx-5d98dc958f-<SUFFIX>  1/1  Running  0  <AGE>',
    ],
    ['web-0   1/1   Running   2 (16s ago)   3h4m', 'web-0  1/1  Running  2 (<AGE> ago)  <AGE>'],
    ['80:32109/TCP', '80:<NODEPORT>/TCP'],
    ['10.96.0.1 10.96.0.10 10.96.58.57', '10.96.0.1 10.96.0.10 <VIP>'],
    ['    IP:           10.244.2.87', '    IP:  <POD-IP>'],
    ['Start Time:       Sun, 22 Nov 2026 08:34:58 +0000', 'Start Time:  <TIME>'],
    ['client.18ac0e6a0f1d2b3c', 'client<EVENT>'],
    ['control-plane/192.168.99.10 node-1/192.168.99.11', 'control-plane/192.168.99.10 <NODE>/<NODE-IP>'],
    ['replicas: 3 of 5', 'replicas: 3 of 5'],
    ['my-service and kube-dns stay', 'my-service and kube-dns stay'],
  ])('%s', (text, expected) => {
    expect(normalise(text).text).toBe(expected)
  })

  it('keeps the values it replaced, to learn the renaming from', () => {
    expect(normalise('pod/nginx-5d98dc958f-25l5r at 10.244.2.87').parts).toEqual([
      { class: 'SUFFIX', value: '25l5r' },
      { class: 'POD-IP', value: '10.244.2.87' },
    ])
  })

  it('sorts rows whose order is chance and leaves the others', () => {
    const text = 'NAME\nb-22222  1/1\na-44444  1/1\nplain\n'
    expect(normalise(text).text).toBe('NAME\na-<SUFFIX>  1/1\nb-<SUFFIX>  1/1\nplain\n')
  })
})
