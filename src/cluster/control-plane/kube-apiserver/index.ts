export { createApiServer, VERSION } from './server.ts'
export type { ApiServer, ApiServerOptions } from './server.ts'
export type { ConnectToNode, Descriptions, VersionInfo } from './context.ts'
export type { StoredObject } from './store.ts'
