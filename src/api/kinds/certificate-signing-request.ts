import type { CertificateSigningRequest } from '../generated/types.ts'
import { kind, statusOf } from '../kind.ts'
import { AGE, column, NAME } from './shared/columns.ts'

function conditionCell({ status }: CertificateSigningRequest): string {
  const has = (type: string) => status?.conditions?.some((condition) => condition.type === type)
  const verdict = has('Denied') ? ['Denied'] : has('Approved') ? ['Approved'] : ['Pending']
  const failed = has('Failed') ? ['Failed'] : []
  return [...verdict, ...failed, ...(status?.certificate ? ['Issued'] : [])].join(',')
}

/** A wish for a certificate. Nobody signs here. */
export const certificateSigningRequest = kind<CertificateSigningRequest>({
  group: 'certificates.k8s.io',
  kind: 'CertificateSigningRequest',
  plural: 'certificatesigningrequests',
  shortNames: ['csr'],
  namespaced: false,
  subresources: [
    { ...statusOf('CertificateSigningRequest'), name: 'approval' },
    statusOf('CertificateSigningRequest'),
  ],
  selectableFields: [{ path: 'spec.signerName', value: ({ spec }) => spec.signerName }],
  columns: [
    NAME,
    AGE,
    column('SignerName', ({ spec }) => spec.signerName || '<none>'),
    column('Requestor', ({ spec }) => spec.username ?? ''),
    column('RequestedDuration', ({ spec }) =>
      spec.expirationSeconds === undefined ? '<none>' : `${spec.expirationSeconds}s`,
    ),
    column('Condition', conditionCell),
  ],
  prepareForCreate: (object) => ({ ...object, status: {} }),
})
