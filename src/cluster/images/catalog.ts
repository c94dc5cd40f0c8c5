import { agnhostImages } from './agnhost.ts'
import { curlImages } from './curl.ts'
import { alpineImages, busyboxImages, debianImages, toolboxImages } from './distributions.ts'
import { httpEchoImages } from './http-echo.ts'
import { httpdImages } from './httpd.ts'
import type { Image } from './image.ts'
import { labImages } from './lab/image.ts'
import { nginxImages } from './nginx/image.ts'
import { pauseImages } from './pause.ts'
import { redisImages } from './redis/image.ts'
import { whoamiImages } from './whoami.ts'

/** What there is to run. An image is one file of this folder and one line here. */
export const publicImages = (): readonly Image[] => [
  ...agnhostImages,
  ...alpineImages,
  ...busyboxImages,
  ...curlImages,
  ...debianImages,
  ...httpEchoImages,
  ...httpdImages,
  ...labImages,
  ...nginxImages,
  ...pauseImages,
  ...redisImages,
  ...toolboxImages,
  ...whoamiImages,
]
