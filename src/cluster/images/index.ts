export { componentImage, image } from './image.ts'
export type { Image, ImageDeclaration } from './image.ts'
export { createImageRegistry } from './registry.ts'
export type { ImageRegistry, Resolution } from './registry.ts'
