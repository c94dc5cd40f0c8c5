/** What there is to run. An image is one file of this folder and one line here. */
import { agnhostImages } from './agnhost.ts'
import { alpineImages, busyboxImages } from './busybox.ts'
import { curlImages } from './curl.ts'
import { httpEchoImages } from './http-echo.ts'
import { httpdImages } from './httpd.ts'
import { nginxImages } from './nginx/image.ts'
import { pauseImages } from './pause.ts'
import type { Image } from './image.ts'

export { componentImage, image } from './image.ts'
export type { Image, ImageDeclaration } from './image.ts'
export { createImageRegistry } from './registry.ts'
export type { ImageRegistry, Resolution } from './registry.ts'

export const IMAGES: readonly Image[] = [
  ...agnhostImages,
  ...alpineImages,
  ...busyboxImages,
  ...curlImages,
  ...httpEchoImages,
  ...httpdImages,
  ...nginxImages,
  ...pauseImages,
]
