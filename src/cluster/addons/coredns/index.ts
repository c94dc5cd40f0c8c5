export { coreDnsProgram } from './program.ts'
