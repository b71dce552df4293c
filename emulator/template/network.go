package template

import (
	"fmt"
	"net/netip"
	"strconv"
)

// zones are the availability zones that most regions have.
func (s *scope) zones(v *Value, region string) *Value {
	if region == "" {
		region = s.options.Region
	}
	out := &Value{Kind: List, At: v.At}
	for _, zone := range []string{"a", "b", "c"} {
		out.Items = append(out.Items, newString(v.At, region+zone))
	}
	return out
}

// callCidr cuts count blocks of 2^bits addresses out of a block.
func (s *scope) callCidr(v, arg *Value) *Value {
	args, bad := s.arguments(v, "Fn::Cidr", arg, 2, 3)
	if bad != nil {
		return bad
	}
	block, err := netip.ParsePrefix(args[0].text())
	count, countErr := strconv.Atoi(args[1].text())
	bits := 8
	if len(args) == 3 {
		bits, _ = strconv.Atoi(args[2].text())
	}
	if err != nil || countErr != nil || count < 1 || count > 256 {
		return s.otherwise(v, "Fn::Cidr", firstUnresolved(args), "a block, a count from 1 to 256 and a number of bits")
	}
	size := block.Addr().BitLen() - bits
	if bits < 1 || size < block.Bits() {
		return s.fault(v, "Fn::Cidr cannot cut blocks of %d bits out of %s", bits, block)
	}
	out := &Value{Kind: List, At: v.At}
	address := block.Masked().Addr()
	for range count {
		if !block.Contains(address) {
			return s.fault(v, "Fn::Cidr: %s has no room for %d blocks of %d bits", block, count, bits)
		}
		out.Items = append(out.Items, newString(v.At, fmt.Sprintf("%s/%d", address, size)))
		address = advance(address, bits)
	}
	return out
}

// advance adds 2^bits to an address.
func advance(address netip.Addr, bits int) netip.Addr {
	raw := address.AsSlice()
	carry := 1 << (bits % 8)
	for i := len(raw) - 1 - bits/8; i >= 0 && carry > 0; i-- {
		sum := int(raw[i]) + carry
		raw[i], carry = byte(sum), sum>>8
	}
	next, _ := netip.AddrFromSlice(raw) // of the length it had
	return next
}
