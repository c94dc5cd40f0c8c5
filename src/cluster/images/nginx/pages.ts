/** The welcome page: nginx's title, our words, as many bytes as the real one has (615), since learners see sizes. */
export const WELCOME_PAGE = `<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
<style>
body { width: 35em; margin: 2em auto; font-family: system-ui, sans-serif; }
</style>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>This page comes from the web server in its container, so all on the way to it works:
the name was found, the packets arrived, and somebody listened.</p>
<p>Whoever asks again might be answered by another Pod: they all have this page.
Look into their own access logs to see which one it was, every time.</p>
<p>Put files of your own into <code>/usr/share/nginx/html</code> to replace this page.</p>
</body>
</html>
`

export const ERROR_50X_PAGE = `<!DOCTYPE html>
<html>
<head>
<title>Error</title>
</head>
<body>
<h1>An error occurred.</h1>
<p>The page cannot be shown at the moment. The error log of this server tells why.</p>
</body>
</html>
`

const TITLES: Readonly<Record<number, string>> = {
  301: 'Moved Permanently', 302: 'Found', 303: 'See Other', 307: 'Temporary Redirect', 308: 'Permanent Redirect',
  400: 'Bad Request', 401: 'Authorization Required', 402: 'Payment Required', 403: 'Forbidden', 404: 'Not Found',
  405: 'Not Allowed', 408: 'Request Time-out', 409: 'Conflict', 410: 'Gone', 413: 'Request Entity Too Large',
  429: 'Too Many Requests', 500: 'Internal Server Error', 501: 'Not Implemented', 502: 'Bad Gateway',
  503: 'Service Temporarily Unavailable', 504: 'Gateway Time-out',
} // prettier-ignore

/** Where nginx' status lines have words of their own. */
export const STATUS_REASONS: Readonly<Record<number, string>> = {
  302: 'Moved Temporarily', 405: 'Not Allowed', 408: 'Request Time-out', 413: 'Request Entity Too Large',
  503: 'Service Temporarily Unavailable', 504: 'Gateway Time-out',
} // prettier-ignore

/** The page nginx makes itself for a status; undefined when it makes none. */
export function specialPage(status: number, version: string): string | undefined {
  const title = TITLES[status]
  if (!title) return undefined
  return [
    '<html>',
    `<head><title>${status} ${title}</title></head>`,
    '<body>',
    `<center><h1>${status} ${title}</h1></center>`,
    `<hr><center>nginx/${version}</center>`,
    '</body>',
    '</html>',
    '',
  ].join('\r\n')
}

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html', htm: 'text/html', css: 'text/css', xml: 'text/xml', gif: 'image/gif', jpg: 'image/jpeg',
  jpeg: 'image/jpeg', js: 'application/javascript', txt: 'text/plain', png: 'image/png', svg: 'image/svg+xml',
  ico: 'image/x-icon', json: 'application/json', pdf: 'application/pdf', woff2: 'font/woff2', wasm: 'application/wasm',
} // prettier-ignore

/** The content type by the name's ending, as mime.types has it. */
export function contentType(path: string, fallback: string): string {
  const extension = /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase()
  return (extension && TYPES[extension]) ?? fallback
}
