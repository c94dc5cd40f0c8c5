import type { KubeObject } from '../../api.ts'
import { base64Length } from '../../../encoding/base64.ts'
import { addAnnotations, addLabels, selectorText } from './lines.ts'
import type { Describer } from './types.ts'

export const describeConfigMap: Describer = (lines, map) => {
  const { metadata } = map
  lines.add(0, `Name:\t${metadata.name}`)
  lines.add(0, `Namespace:\t${metadata.namespace}`)
  addLabels(lines, 0, 'Labels', metadata.labels)
  addAnnotations(lines, 0, 'Annotations', metadata.annotations)
  lines.add(0, '\nData\n====')
  for (const key of Object.keys(map.data ?? {}).sort()) {
    lines.add(0, `${key}:\n----\n${map.data[key]}\n`)
  }
  lines.add(0, '\nBinaryData\n====')
  for (const key of Object.keys(map.binaryData ?? {}).sort())
    lines.add(0, `${key}: ${base64Length(map.binaryData[key])} bytes`)
  lines.add(0, '')
}

export const describeSecret: Describer = (lines, secret) => {
  const { metadata } = secret
  lines.add(0, `Name:\t${metadata.name}`)
  lines.add(0, `Namespace:\t${metadata.namespace}`)
  addLabels(lines, 0, 'Labels', metadata.labels)
  addAnnotations(lines, 0, 'Annotations', metadata.annotations)
  lines.add(0, `\nType:\t${secret.type ?? ''}`)
  lines.add(0, '\nData\n====')
  for (const key of Object.keys(secret.data ?? {}).sort())
    lines.add(0, `${key}:\t${base64Length(secret.data[key])} bytes`)
}

export const describeServiceAccount: Describer = (lines, account) => {
  const { metadata } = account
  const names = (list: readonly KubeObject[] | undefined): string[] => (list ?? []).map((one) => one.name)
  lines.add(0, `Name:\t${metadata.name}`)
  lines.add(0, `Namespace:\t${metadata.namespace}`)
  addLabels(lines, 0, 'Labels', metadata.labels)
  addAnnotations(lines, 0, 'Annotations', metadata.annotations)
  const secrets = names(account.imagePullSecrets)
  if (secrets.length === 0) lines.add(0, 'Image pull secrets:\t<none>')
  secrets.forEach((name, i) => lines.add(0, `${i === 0 ? 'Image pull secrets:' : ''}\t${name}`))
  const mountable = names(account.secrets)
  mountable.forEach((name, i) => lines.add(0, `${i === 0 ? 'Mountable secrets:' : ''}\t${name}`))
}

export const describeQuota: Describer = (lines, quota) => {
  const { metadata, status = {} } = quota
  lines.add(0, `Name:\t${metadata.name}`)
  lines.add(0, `Namespace:\t${metadata.namespace}`)
  const names = Object.keys(status.hard ?? {}).sort()
  lines.table(
    0,
    ['Resource', 'Used', 'Hard'],
    names.map((name) => [name, status.used?.[name] ?? '0', status.hard[name]]),
  )
}

export const describeLimitRange: Describer = (lines, range) => {
  const { metadata, spec } = range
  lines.add(0, `Name:\t${metadata.name}`)
  lines.add(0, `Namespace:\t${metadata.namespace}`)
  const rows: string[][] = []
  for (const limit of (spec.limits ?? []) as KubeObject[]) {
    const columns = ['min', 'max', 'defaultRequest', 'default', 'maxLimitRequestRatio']
    const names = new Set(columns.flatMap((column) => Object.keys(limit[column] ?? {})))
    for (const name of names)
      rows.push([limit.type, name, ...columns.map((column) => limit[column]?.[name] ?? '-')])
  }
  lines.table(
    0,
    ['Type', 'Resource', 'Min', 'Max', 'Default Request', 'Default Limit', 'Max Limit/Request Ratio'],
    rows,
  )
}

export const describeNamespace: Describer = function* (lines, namespace, describing) {
  const { metadata, status = {} } = namespace
  lines.add(0, `Name:\t${metadata.name}`)
  addLabels(lines, 0, 'Labels', metadata.labels)
  addAnnotations(lines, 0, 'Annotations', metadata.annotations)
  lines.add(0, `Status:\t${status.phase ?? ''}`)
  if (status.conditions?.length) {
    lines.add(0, 'Conditions:')
    lines.table(
      1,
      ['Type', 'Status', 'LastTransitionTime', 'Reason', 'Message'],
      status.conditions.map((one: KubeObject) => [
        one.type,
        one.status,
        one.lastTransitionTime,
        one.reason ?? '',
        one.message ?? '',
      ]),
    )
  }
  const quotas = yield* describing.list(`/api/v1/namespaces/${metadata.name}/resourcequotas`, {
    limit: '500',
  })
  const ranges = yield* describing.list(`/api/v1/namespaces/${metadata.name}/limitranges`, { limit: '500' })
  if (quotas.length === 0) lines.add(0, '\nNo resource quota.')
  else {
    lines.add(0, '\nResource Quotas')
    for (const quota of quotas) {
      lines.add(1, `Name:\t${quota.metadata.name}`)
      const names = Object.keys(quota.status?.hard ?? {}).sort()
      lines.add(1, 'Resource\tUsed\tHard')
      lines.add(1, '--------\t---\t---')
      for (const name of names)
        lines.add(1, `${name}\t${quota.status.used?.[name] ?? '0'}\t${quota.status.hard[name]}`)
    }
  }
  if (ranges.length === 0) return lines.add(0, '\nNo LimitRange resource.')
  lines.add(0, '\nResource Limits')
  lines.add(1, 'Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio')
  lines.add(1, '----\t--------\t---\t---\t---------------\t-------------\t-----------------------')
  for (const range of ranges) {
    for (const limit of (range.spec.limits ?? []) as KubeObject[]) {
      const columns = ['min', 'max', 'defaultRequest', 'default', 'maxLimitRequestRatio']
      const names = new Set(columns.flatMap((column) => Object.keys(limit[column] ?? {})))
      for (const name of names)
        lines.add(1, [limit.type, name, ...columns.map((column) => limit[column]?.[name] ?? '-')].join('\t'))
    }
  }
}

export const describePodDisruptionBudget: Describer = (lines, budget) => {
  const { metadata, spec, status = {} } = budget
  lines.add(0, `Name:\t${metadata.name}`)
  lines.add(0, `Namespace:\t${metadata.namespace}`)
  if (spec.minAvailable !== undefined) lines.add(0, `Min available:\t${spec.minAvailable}`)
  if (spec.maxUnavailable !== undefined) lines.add(0, `Max unavailable:\t${spec.maxUnavailable}`)
  lines.add(0, `Selector:\t${spec.selector ? selectorText(spec.selector) : '<unset>'}`)
  lines.add(0, 'Status:')
  lines.add(2, `Allowed disruptions:\t${status.disruptionsAllowed ?? 0}`)
  lines.add(2, `Current:\t${status.currentHealthy ?? 0}`)
  lines.add(2, `Desired:\t${status.desiredHealthy ?? 0}`)
  lines.add(2, `Total:\t${status.expectedPods ?? 0}`)
}
