import type { KubernetesObject } from '../../../api/resource.ts'
import type { Answer, UserInfo } from '../../../api/wire.ts'
import { isAllowed, rulesOf, type Attributes } from './authorization/rbac.ts'
import type { Call, Server } from './context.ts'
import { bodyOf } from './decode.ts'
import { respond } from './respond.ts'
import { reviewToken } from './tokens.ts'

interface ReviewSpec {
  readonly token?: string
  readonly user?: string
  readonly groups?: readonly string[]
  readonly namespace?: string
  readonly resourceAttributes?: Readonly<Record<string, string | undefined>>
  readonly nonResourceAttributes?: Readonly<Record<string, string | undefined>>
}

type ReviewBody = KubernetesObject & { readonly spec?: ReviewSpec }

/** Something that is posted to be answered and never stored. */
export interface Review {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly singular: string
  readonly namespaced: boolean
  status(body: ReviewBody, user: UserInfo, server: Server): object
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

/** May they? For oneself, or for whom the review names. */
const access =
  (whose: 'own' | 'named'): Review['status'] =>
  ({ spec = {} }, self, server) => {
    const user = whose === 'own' ? self : { username: spec.user ?? '', groups: spec.groups ?? [] }
    return { allowed: isAllowed(server, user, attributesOf(spec)) }
  }

function attributesOf({ resourceAttributes, nonResourceAttributes }: ReviewSpec): Attributes {
  if (nonResourceAttributes)
    return { verb: nonResourceAttributes.verb ?? '', path: nonResourceAttributes.path ?? '' }
  const {
    verb = '',
    group = '',
    resource = '',
    subresource,
    namespace = '',
    name = '',
  } = resourceAttributes ?? {}
  return { verb, group, resource: subresource ? `${resource}/${subresource}` : resource, namespace, name }
}

function rules({ spec = {} }: ReviewBody, user: UserInfo, server: Server): object {
  const all = rulesOf(server, user, spec.namespace ?? '')
  return {
    resourceRules: all.filter(({ resources }) => resources !== undefined),
    nonResourceRules: all.filter(({ nonResourceURLs }) => nonResourceURLs !== undefined),
    incomplete: false,
  }
}

export const REVIEWS: readonly Review[] = [
  review('authentication.k8s.io', 'TokenReview', ({ spec = {} }, _, server) =>
    reviewToken(server, spec.token),
  ),
  review('authentication.k8s.io', 'SelfSubjectReview', (_, { username, groups }) => ({
    userInfo: { username, groups },
  })),
  review('authorization.k8s.io', 'SelfSubjectAccessReview', access('own')),
  review('authorization.k8s.io', 'SubjectAccessReview', access('named')),
  review('authorization.k8s.io', 'LocalSubjectAccessReview', access('named'), true),
  review('authorization.k8s.io', 'SelfSubjectRulesReview', rules),
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
  const body = bodyOf(request, found.kind) as ReviewBody
  const status = found.status(body, request.user ?? ADMINISTRATOR, call.server)
  return respond(201, {
    ...body,
    kind: found.kind,
    apiVersion: `${found.group}/${found.version}`,
    metadata: body.metadata ?? {},
    status,
  })
}
