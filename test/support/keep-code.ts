import { enableCompileCache } from 'node:module';

// Every test file is a process of its own that reads hundreds of modules: their stripped and compiled code is kept between them.
enableCompileCache();
