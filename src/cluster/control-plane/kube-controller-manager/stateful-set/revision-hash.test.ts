import { describe, expect, it } from 'vitest'
import { revisionHash } from './revision-hash.ts'

describe('hash of a StatefulSet revision', () => {
  it('is the one of a real cluster', () => {
    const container = {
      name: 'db',
      image: 'nginx:1.27',
      resources: {},
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'File',
      imagePullPolicy: 'IfNotPresent',
    }
    const spec = {
      containers: [container],
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      securityContext: {},
      schedulerName: 'default-scheduler',
    }
    const template = { $patch: 'replace', metadata: { labels: { app: 'db' } }, spec }
    expect(revisionHash({ spec: { template } })).toBe('5b89599c47')
  })
})
