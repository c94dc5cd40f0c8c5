import type { KubernetesObject } from '../../../api/resource.ts'
import type { Answer, UserInfo } from '../../../api/wire.ts'
import type { Call } from './context.ts'
import { bodyOf } from './decode.ts'
import { respond } from './respond.ts'

/** Something that is posted to be answered and never stored. */
export interface Review {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly singular: string
  readonly namespaced: boolean
  status(body: KubernetesObject, user: UserInfo): object
}

const review = (group: string, kind: string, status: Review['status'], namespaced = false): Review => ({
  group,
  version: 'v1',
  kind,
  plural: `${kind.toLowerCase()}s`,
  singular: kind.toLowerCase(),
  namespaced,
  status,
})

/** Everybody here may do everything: there is no authorization to learn from yet. */
const allowed = () => ({ allowed: true })
const EVERYTHING = {
  resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
  nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
  incomplete: false,
}

export const REVIEWS: readonly Review[] = [
  review('authentication.k8s.io', 'SelfSubjectReview', (_, { username, groups }) => ({
    userInfo: { username, groups },
  })),
  review('authorization.k8s.io', 'SelfSubjectAccessReview', allowed),
  review('authorization.k8s.io', 'SubjectAccessReview', allowed),
  review('authorization.k8s.io', 'LocalSubjectAccessReview', allowed, true),
  review('authorization.k8s.io', 'SelfSubjectRulesReview', () => EVERYTHING),
]

const ADMINISTRATOR: UserInfo = {
  username: 'kubernetes-admin',
  groups: ['kubeadm:cluster-admins', 'system:authenticated'],
}

/** Answers a review; undefined when the path is none's. */
export function answerReview(call: Call): Answer | undefined {
  const { request, info } = call
  const found = REVIEWS.find(
    ({ group, version, plural }) =>
      group === info.group && version === info.version && plural === info.plural,
  )
  if (!found || request.method !== 'POST' || info.name !== '') return undefined
  const body = bodyOf(request, found.kind) as KubernetesObject
  const status = found.status(body, request.user ?? ADMINISTRATOR)
  return respond(201, {
    ...body,
    kind: found.kind,
    apiVersion: `${found.group}/${found.version}`,
    metadata: body.metadata ?? {},
    status,
  })
}
