using System.Runtime.InteropServices;

namespace LlmPlatform.Retrieval.Documents.Sandbox.Confinement;

/// <summary>
/// Builds the program that the kernel runs before each system call (seccomp, classic BPF): the calls of
/// <see cref="RefusedCalls"/> fail with EPERM, all others pass.
/// </summary>
internal static class SystemCallFilter
{
    // struct seccomp_data { int nr; u32 arch; u64 instruction_pointer; u64 args[6]; }, little-endian.
    private const uint NumberOffset = 0;
    private const uint ArchitectureOffset = 4;
    private const uint FirstArgumentOffset = 16;

    private const ushort Load = 0x20;           // BPF_LD | BPF_W | BPF_ABS
    private const ushort JumpIfEqual = 0x15;    // BPF_JMP | BPF_JEQ | BPF_K
    private const ushort JumpIfAtLeast = 0x35;  // BPF_JMP | BPF_JGE | BPF_K
    private const ushort JumpIfAnyBit = 0x45;   // BPF_JMP | BPF_JSET | BPF_K
    private const ushort Return = 0x06;         // BPF_RET | BPF_K

    private const uint Allow = 0x7fff0000;
    private const uint Fail = 0x00050000;       // SECCOMP_RET_ERRNO, the number in the low bits
    private const uint NotPermitted = 1;        // EPERM
    private const uint NotImplemented = 38;     // ENOSYS

    private const uint X32Bit = 0x40000000;     // calls of x86-64's 32-bit variant: other numbers for the same calls
    private const uint CloneThread = 0x00010000;

    /// <summary>One instruction, as the kernel's struct sock_filter.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal readonly record struct Instruction(ushort Code, byte JumpIfTrue, byte JumpIfFalse, uint Value);

    /// <summary>The program for a processor; null where its call numbers are not known.</summary>
    /// <param name="architecture">The processor.</param>
    /// <param name="processId">The own process: it may send signals to itself (the runtime does), to no other.</param>
    internal static Instruction[]? Build(Architecture architecture, int processId)
    {
        uint? token = architecture switch
        {
            Architecture.X64 => 0xC000003E,     // AUDIT_ARCH_X86_64
            Architecture.Arm64 => 0xC00000B7,   // AUDIT_ARCH_AARCH64
            _ => null,
        };
        if (token is null)
        {
            return null;
        }

        bool x64 = architecture == Architecture.X64;
        List<Instruction> program =
        [
            new(Load, 0, 0, ArchitectureOffset),
            new(JumpIfEqual, 1, 0, token.Value),
            new(Return, 0, 0, Fail | NotPermitted),
            new(Load, 0, 0, NumberOffset),
        ];
        if (x64)
        {
            program.Add(new(JumpIfAtLeast, 0, 1, X32Bit));
            program.Add(new(Return, 0, 0, Fail | NotPermitted));
        }

        foreach (RefusedCalls.Call call in RefusedCalls.All)
        {
            int number = x64 ? call.X64 : call.Arm64;
            if (number >= 0)
            {
                program.Add(new(JumpIfEqual, 0, 1, (uint)number));
                program.Add(new(Return, 0, 0, Fail | NotPermitted));
            }
        }

        // clone3 hides its flags from the filter; the C library then takes clone, which may make threads only.
        program.Add(new(JumpIfEqual, 0, 1, RefusedCalls.Clone3));
        program.Add(new(Return, 0, 0, Fail | NotImplemented));
        program.Add(new(JumpIfEqual, 0, 4, x64 ? RefusedCalls.CloneX64 : RefusedCalls.CloneArm64));
        program.Add(new(Load, 0, 0, FirstArgumentOffset));
        program.Add(new(JumpIfAnyBit, 1, 0, CloneThread));
        program.Add(new(Return, 0, 0, Fail | NotPermitted));
        program.Add(new(Return, 0, 0, Allow));

        // Signals and limits: of the own process only (0 stands for it in prlimit).
        foreach (uint number in x64 ? RefusedCalls.SignalsX64 : RefusedCalls.SignalsArm64)
        {
            AllowFor(program, number, (uint)processId);
        }

        AllowFor(program, x64 ? RefusedCalls.ResourceLimitX64 : RefusedCalls.ResourceLimitArm64, 0);
        program.Add(new(Return, 0, 0, Allow));
        return [.. program];
    }

    private static void AllowFor(List<Instruction> program, uint number, uint firstArgument)
    {
        program.Add(new(JumpIfEqual, 0, 4, number));
        program.Add(new(Load, 0, 0, FirstArgumentOffset));
        program.Add(new(JumpIfEqual, 1, 0, firstArgument));
        program.Add(new(Return, 0, 0, Fail | NotPermitted));
        program.Add(new(Return, 0, 0, Allow));
    }
}
