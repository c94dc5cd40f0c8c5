/** Of the engine; every exported log carries it, as a log is sure to replay equally only on the version that made it. */
export const VERSION = '0.1.0'
