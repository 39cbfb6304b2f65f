import { gzipSync } from 'node:zlib'
import { check, constantFrom, array as list, property, string } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { contract } from '../schema/index.ts'
