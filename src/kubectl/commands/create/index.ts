import type { Command } from '../../command.ts'
import { clusterrole, clusterrolebinding, role, rolebinding } from './access.ts'
import { configmap, secret } from './config.ts'
import {
  ingress,
  namespace,
  poddisruptionbudget,
  priorityclass,
  quota,
  serviceaccount,
  token,
} from './others.ts'
import { service } from './service.ts'
import { cronjob, deployment, job } from './workloads.ts'

export const createSubcommands: readonly Command[] = [
  namespace,
  quota,
  secret,
  configmap,
  serviceaccount,
  service,
  deployment,
  clusterrole,
  clusterrolebinding,
  role,
  rolebinding,
  poddisruptionbudget,
  priorityclass,
  job,
  cronjob,
  ingress,
  token,
]
